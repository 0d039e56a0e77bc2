const shared = {
  // Jest does not honour `testTimeout` of a project.
  setupFilesAfterEnv: ['<rootDir>/test/harness/patience.js'],
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['gateway-source', 'node', 'node-addons'] },
};

/** `unit` does no I/O. `e2e` and `journeys` need DATABASE_URL (and KAFKA_BROKERS); `npm test` brings both. */
export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{apps,libs}/*/test/**/*.e2e-spec.ts'],
    },
    {
      ...shared,
      displayName: 'journeys',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
    },
  ],
};
