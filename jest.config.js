const shared = {
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['gateway-source', 'node', 'node-addons'] },
};

/** Against hanging only: real servers on a busy machine take their time, and no test may depend on speed. */
const slow = { testTimeout: 120_000 };

/** `unit` does no I/O. `e2e` and `journeys` need DATABASE_URL (and KAFKA_BROKERS); `npm test` brings both. */
export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'],
      testTimeout: 30_000,
    },
    {
      ...shared,
      ...slow,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{apps,libs}/*/test/**/*.e2e-spec.ts'],
    },
    {
      ...shared,
      ...slow,
      displayName: 'journeys',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
    },
  ],
};
