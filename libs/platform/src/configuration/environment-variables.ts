import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type DefinedSetting } from './setting.js';

/** Environment variables as `process.env` has them. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The environment over an optional `.env` file in the working directory; nothing is written to `process.env`. */
export function gatewayEnvironment(
  environment: EnvironmentVariables = process.env,
  file = '.env',
): EnvironmentVariables {
  return existsSync(file)
    ? { ...parseEnv(readFileSync(file, 'utf8')), ...environment }
    : environment;
}

// Variables of our prefix that other programs of the project read.
const READ_ELSEWHERE = ['OCPI_ADMIN_URL', 'OCPI_ADMIN_TOKEN', 'OCPI_CSMS_KEY'];

/** Kubernetes and Docker announce a service named `ocpi-x` as OCPI_X_PORT and the like; nobody wrote those by hand. */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;

/** Names that begin with OCPI_ and mean nothing to us: a misspelt setting must not pass for a default. */
export function unknownVariables(
  environment: EnvironmentVariables,
  settings: readonly DefinedSetting[],
): string[] {
  const known = new Set([
    ...READ_ELSEWHERE,
    ...settings.flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])),
  ]);
  return Object.entries(environment)
    .filter(([name]) => name.startsWith('OCPI_') && !known.has(name))
    .filter(([name, value]) => !SERVICE_LINK.test(name) && !SERVICE_LINK_VALUE.test(value ?? ''))
    .map(([name]) => `${name} is not a setting`);
}

/** Values by variable: files of secrets read, empty and absent alike filled with the default. */
export function variableValues(
  environment: EnvironmentVariables,
  settings: readonly DefinedSetting[],
): { values: Record<string, string>; problems: string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const setting of settings) {
    try {
      const text = secretFromFile(environment, setting) ?? environment[setting.env];
      const value = text === undefined || text === '' ? setting.default : text;
      if (value !== undefined) values[setting.env] = value;
    } catch (error) {
      problems.push(String(error instanceof SecretFileProblem ? error.message : error));
    }
  }
  return { values, problems };
}

class SecretFileProblem extends Error {}

function secretFromFile(
  environment: EnvironmentVariables,
  { env, secret }: DefinedSetting,
): string | undefined {
  const path = secret ? environment[`${env}_FILE`] : undefined;
  if (path === undefined || path === '') return undefined;
  if (environment[env]) throw new SecretFileProblem(`${env} and ${env}_FILE are both set`);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new SecretFileProblem(`${env}_FILE names a file that cannot be read`, { cause });
  }
}
