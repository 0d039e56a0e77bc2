import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DEVELOPMENT_ADMIN_KEY } from './development-keys.js';
import { readSettings } from './read-settings.js';
import { SettingsError } from './settings.error.js';

const DATABASE_URL = 'postgres://gateway:p%40ss@127.0.0.1:5432/gateway';
const development = { OCPI_ENVIRONMENT: 'development', DATABASE_URL };
const production = {
  OCPI_ENVIRONMENT: 'production',
  DATABASE_URL,
  OCPI_PUBLIC_URL: 'https://ocpi.example.com/',
  OCPI_ADMIN_KEY: 'a-key-of-an-operator',
  OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('readSettings', () => {
  it('refuses limits, certificates and keys that cannot be meant', () => {
    const problems = problemsOf({
      ...production,
      OCPI_ENCRYPTION_KEYS_PREVIOUS: `${production.OCPI_ENCRYPTION_KEY},canary`,
      OCPI_HEADERS_TIMEOUT_MS: '5000',
      OCPI_REQUEST_TIMEOUT_MS: '4000',
      OCPI_TRUSTED_PROXIES: '10.0.0.0/8,fd00::/8,192.0.2.1,ingress.local',
      OCPI_TLS_CERTIFICATE_FILE: '/tls.crt',
      OCPI_PARTNER_KEY_FILE: '/tls.key',
      OCPI_TLS_CLIENT_CERTIFICATES: 'required',
    });

    expect(problems).toEqual([
      'OCPI_ENCRYPTION_KEYS_PREVIOUS must be 32 bytes in base64 each, separated by commas',
      'OCPI_HEADERS_TIMEOUT_MS must not exceed OCPI_REQUEST_TIMEOUT_MS',
      'OCPI_TRUSTED_PROXIES: ingress.local is neither an address nor a network',
      'OCPI_TLS_CERTIFICATE_FILE and OCPI_TLS_KEY_FILE go together',
      'OCPI_PARTNER_CERTIFICATE_FILE and OCPI_PARTNER_KEY_FILE go together',
      'OCPI_TLS_CLIENT_CERTIFICATES=required needs OCPI_TLS_CERTIFICATE_FILE and OCPI_TLS_CLIENT_CA_FILE',
    ]);
  });

  it('fills every default in development', () => {
    const settings = readSettings(development);

    expect(settings).toMatchObject({
      environment: 'development',
      databaseUrl: DATABASE_URL,
      databasePoolSize: 20,
      publicUrl: 'http://localhost:3000',
      adminKey: DEVELOPMENT_ADMIN_KEY,
      kafkaBrokers: [],
      kafkaSsl: false,
      csmsOut: 'http',
      maxBodyBytes: 5_242_880,
      partnerUrlAllowlist: [],
    });
    expect(settings.kafkaSaslMechanism).toBeUndefined();
    expect(Buffer.from(settings.encryptionKey, 'base64')).toHaveLength(32);
  });

  it('parses integers, booleans and lists, and strips the slash of the public URL', () => {
    const settings = readSettings({
      ...production,
      DATABASE_POOL_SIZE: '7',
      KAFKA_SSL: 'TRUE',
      KAFKA_BROKERS: 'one:9092, two:9092,',
      OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1:4000,10.0.0.0/8,hub.local,[::1]:80,fd00::/8',
    });

    expect(settings).toMatchObject({
      databasePoolSize: 7,
      kafkaSsl: true,
      kafkaBrokers: ['one:9092', 'two:9092'],
      csmsOut: 'kafka',
      publicUrl: 'https://ocpi.example.com',
      partnerUrlAllowlist: ['127.0.0.1:4000', '10.0.0.0/8', 'hub.local', '[::1]:80', 'fd00::/8'],
    });
  });

  it('names all problems at once and repeats no value of a secret', () => {
    const problems = problemsOf({
      OCPI_ENVIRONMENT: 'production',
      DATABASE_URL: 'mysql://canary-secret',
      DATABASE_POOL_SIZE: '12abc',
      OCPI_ADMIN_KEY: 'short-canary',
      OCPI_ENCRYPTION_KEY: 'canary',
      OCPI_LOG_LEVEL: 'loud',
      KAFKA_SSL: 'perhaps',
      OCPI_PARTNER_URL_ALLOWLIST: '10.0.0.0/33,http://x',
    });

    expect(problems).toEqual([
      'OCPI_LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
      'DATABASE_URL must be a URL (postgres, postgresql)',
      'DATABASE_POOL_SIZE must be a whole number from 2 to 500',
      'OCPI_ADMIN_KEY must be 16 to 256 printable characters without blanks',
      'KAFKA_SSL must be true or false',
      'OCPI_ENCRYPTION_KEY must be 32 bytes in base64',
      'OCPI_PUBLIC_URL is required in production',
      'OCPI_PARTNER_URL_ALLOWLIST: 10.0.0.0/33 is neither host[:port] nor a network',
      'OCPI_PARTNER_URL_ALLOWLIST: http://x is neither host[:port] nor a network',
    ]);
    expect(problems.join()).not.toContain('canary');
  });

  it('is production when nothing says otherwise, and then demands keys', () => {
    expect(problemsOf({ DATABASE_URL })).toEqual([
      'OCPI_PUBLIC_URL is required in production',
      'OCPI_ADMIN_KEY is required outside development',
      'OCPI_ENCRYPTION_KEY is required outside development',
    ]);
    expect(problemsOf({ DATABASE_URL, NODE_ENV: 'development' })).toEqual([]);
  });

  it('refuses the well-known development keys outside development', () => {
    const { adminKey, encryptionKey } = readSettings(development);

    const problems = problemsOf({
      ...production,
      OCPI_ADMIN_KEY: adminKey,
      OCPI_ENCRYPTION_KEY: encryptionKey,
    });

    expect(problems).toHaveLength(2);
  });

  it('reads secrets from files, and refuses a file beside the variable or one that is missing', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'key');
    writeFileSync(file, 'a-key-from-a-file\n');
    const { OCPI_ADMIN_KEY: _, ...withoutKey } = production;

    expect(readSettings({ ...withoutKey, OCPI_ADMIN_KEY_FILE: file }).adminKey).toBe(
      'a-key-from-a-file',
    );
    expect(problemsOf({ ...production, OCPI_ADMIN_KEY_FILE: file })).toEqual([
      'OCPI_ADMIN_KEY and OCPI_ADMIN_KEY_FILE are both set',
    ]);
    expect(problemsOf({ ...withoutKey, OCPI_ADMIN_KEY_FILE: `${file}.missing` })).toEqual([
      'OCPI_ADMIN_KEY_FILE names a file that cannot be read',
    ]);
    expect(problemsOf({ ...development, OCPI_ADMIN_KEY_FILE: `${file}.missing` })).toHaveLength(1);
  });

  it('refuses unknown OCPI_ variables but not what Kubernetes announces for services', () => {
    const problems = problemsOf({
      ...production,
      OCPI_PUSH_TIMEOUT: '5',
      OCPI_PUBLIC_URL_FILE: '/x',
      OCPI_API_SERVICE_HOST: '10.0.0.1',
      OCPI_API_PORT: 'tcp://10.0.0.1:3000',
      OCPI_API_PORT_3000_TCP_ADDR: '10.0.0.1',
      SOMETHING_ELSE: 'x',
    });

    expect(problems).toEqual([
      'OCPI_PUSH_TIMEOUT is not a setting',
      'OCPI_PUBLIC_URL_FILE is not a setting',
    ]);
  });

  it('checks settings that depend on each other', () => {
    expect(
      problemsOf({
        ...production,
        OCPI_PAGE_LIMIT: '500',
        OCPI_PAGE_LIMIT_MAX: '100',
        OCPI_CSMS_OUT: 'kafka',
        KAFKA_SASL_MECHANISM: 'plain',
      }),
    ).toEqual([
      'OCPI_PAGE_LIMIT must not exceed OCPI_PAGE_LIMIT_MAX',
      'OCPI_CSMS_OUT=kafka needs KAFKA_BROKERS',
      'KAFKA_SASL_MECHANISM needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD',
    ]);
  });

  it('P15 (partial: settings): shows no secret when printed or turned into JSON', () => {
    const settings = readSettings(production);

    for (const shown of [JSON.stringify(settings), inspect(settings)]) {
      expect(shown).not.toContain(production.OCPI_ADMIN_KEY);
      expect(shown).not.toContain(production.OCPI_ENCRYPTION_KEY);
      expect(shown).not.toContain('p%40ss');
    }
  });
});
