import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { isIP } from 'node:net';
import { DEVELOPMENT_ADMIN_KEY, DEVELOPMENT_ENCRYPTION_KEY } from './development-keys.js';
import { encryptionKeyRequirements } from './encryption-key-settings.js';
import {
  type EnvironmentVariables,
  unknownVariables,
  variableValues,
} from './environment-variables.js';
import { ENVIRONMENTS, GatewaySettings } from './gateway-settings.js';
import { isNetwork } from './is-network.js';
import { kafkaRequirements } from './kafka-requirements.js';
import { oidcRequirements } from './oidc-requirements.js';
import { requestLimitRequirements } from './request-limit-settings.js';
import { settingsOf } from './setting.js';
import { SettingsError } from './settings.error.js';
import { tlsRequirements } from './tls-settings.js';

/**
 * The settings that an environment states. Throws one {@link SettingsError} with all problems: values that do not fit,
 * missing ones, secrets' files that cannot be read, and OCPI_ variables that nobody reads.
 */
export function readSettings(environment: EnvironmentVariables = process.env): GatewaySettings {
  const definitions = settingsOf(GatewaySettings);
  const { values, problems } = variableValues(environment, definitions);
  const settings = plainToInstance(GatewaySettings, values, { excludeExtraneousValues: true });
  settings.environment = values['OCPI_ENVIRONMENT']
    ? settings.environment
    : (ENVIRONMENTS.find((name) => name === environment['NODE_ENV']) ?? 'production');
  fillDependentDefaults(settings, environment);

  const refused = validateSync(settings, { stopAtFirstError: true }).flatMap(({ constraints }) =>
    Object.values(constraints ?? {}),
  );
  const all = [
    ...problems,
    ...new Set(refused),
    ...requirements(settings, problems),
    ...unknownVariables(environment, definitions),
  ];
  if (all.length > 0) throw new SettingsError(all);
  return Object.freeze(settings);
}

/** Partial on purpose: what is required is only known to be there after the checks. */
type Unchecked = { -readonly [K in keyof GatewaySettings]?: GatewaySettings[K] | undefined };

function fillDependentDefaults(settings: Unchecked, environment: EnvironmentVariables): void {
  settings.csmsOut ??= settings.kafkaBrokers?.length ? 'kafka' : 'http';
  if (settings.environment !== 'production') {
    settings.publicUrl ??= `http://localhost:${settings.publicPort ?? 0}`;
  }
  settings.publicUrl = settings.publicUrl?.replace(/\/+$/, '');
  if (settings.environment === 'development') {
    if (!environment['OCPI_ADMIN_KEY_FILE']) settings.adminKey ??= DEVELOPMENT_ADMIN_KEY;
    if (!environment['OCPI_ENCRYPTION_KEY_FILE'])
      settings.encryptionKey ??= DEVELOPMENT_ENCRYPTION_KEY;
  }
}

/** What no single value shows. `problems` are those found while reading: what could not be read is not missing too. */
function requirements(settings: Unchecked, problems: readonly string[]): string[] {
  const development = settings.environment === 'development';
  const production = settings.environment === 'production';
  const missing = (env: string, value: unknown) =>
    value === undefined && !problems.some((problem) => problem.startsWith(env));
  const found: [boolean, string][] = [
    [missing('DATABASE_URL', settings.databaseUrl), 'DATABASE_URL is required'],
    [
      production && missing('OCPI_PUBLIC_URL', settings.publicUrl),
      'OCPI_PUBLIC_URL is required in production',
    ],
    [
      !development && missing('OCPI_ADMIN_KEY', settings.adminKey),
      'OCPI_ADMIN_KEY is required outside development',
    ],
    [
      !development && missing('OCPI_ENCRYPTION_KEY', settings.encryptionKey),
      'OCPI_ENCRYPTION_KEY is required outside development',
    ],
    [
      !development && settings.adminKey === DEVELOPMENT_ADMIN_KEY,
      'OCPI_ADMIN_KEY is the well-known development key',
    ],
    [
      !development && settings.encryptionKey === DEVELOPMENT_ENCRYPTION_KEY,
      'OCPI_ENCRYPTION_KEY is the well-known development key',
    ],
    [
      (settings.pageLimit ?? 0) > (settings.pageLimitMax ?? Infinity),
      'OCPI_PAGE_LIMIT must not exceed OCPI_PAGE_LIMIT_MAX',
    ],
    [
      settings.csmsOut === 'kafka' && settings.kafkaBrokers?.length === 0,
      'OCPI_CSMS_OUT=kafka needs KAFKA_BROKERS',
    ],
  ];
  return [
    ...found.filter(([broken]) => broken).map(([, text]) => text),
    ...kafkaRequirements(settings, problems),
    ...oidcRequirements(settings),
    ...encryptionKeyRequirements(settings),
    ...requestLimitRequirements(settings),
    ...tlsRequirements(settings),
    ...(settings.partnerUrlAllowlist ?? [])
      .filter((entry) => !isAllowlistEntry(entry))
      .map((entry) => `OCPI_PARTNER_URL_ALLOWLIST: ${entry} is neither host[:port] nor a network`),
  ];
}

function isAllowlistEntry(entry: string): boolean {
  if (entry.includes('/')) return isNetwork(entry);
  return isIP(entry) !== 0 || /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(entry);
}
