import { type EnvironmentVariables, variableValues } from './environment-variables.js';
import { GatewaySettings } from './gateway-settings.js';
import { settingsOf } from './setting.js';
import { SettingsError } from './settings.error.js';

const isDatabaseUrl = (text: string) =>
  URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol);

/**
 * DATABASE_URL alone, or what the file named by DATABASE_URL_FILE says: a migration job gets no other secret. Throws
 * a {@link SettingsError} that never repeats the value.
 */
export function readDatabaseUrl(environment: EnvironmentVariables = process.env): string {
  const { values, problems } = variableValues(
    environment,
    settingsOf(GatewaySettings).filter(({ env }) => env === 'DATABASE_URL'),
  );
  const url = values['DATABASE_URL'];
  if (problems.length > 0) throw new SettingsError(problems);
  if (url === undefined) throw new SettingsError(['DATABASE_URL is required']);
  if (!isDatabaseUrl(url))
    throw new SettingsError(['DATABASE_URL must be a URL (postgres, postgresql)']);
  return url;
}
