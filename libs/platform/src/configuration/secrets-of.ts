import { GatewaySettings } from './gateway-settings.js';
import { settingsOf } from './setting.js';

/** All that must not be shown of the settings, also as parts of it appear elsewhere: a URL's password, a header's value. */
export function secretsOf(settings: GatewaySettings): string[] {
  const values = settings as unknown as Record<string, unknown>;
  const secrets = settingsOf(GatewaySettings)
    .filter(({ secret }) => secret)
    .flatMap(({ property }) => values[property])
    .filter((value) => typeof value === 'string');
  const password = URL.parse(settings.databaseUrl)?.password ?? '';
  const headers = (settings.otlpHeaders ?? '').split(',').map((pair) => pair.split('=')[1] ?? '');
  return [...secrets, ...[password, ...headers].flatMap((text) => [text, decoded(text)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text;
  }
}
