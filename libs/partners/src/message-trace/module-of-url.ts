import { type Connection } from '../connection.js';

const WORDS =
  /\/(versions|credentials|locations|sessions|cdrs|tariffs|tokens|commands|chargingprofiles|hubclientinfo)(?=[/?#]|$)/gi;

/** The module that a URL of a partner belongs to: by its endpoints, else by the last word that names one; null in doubt. */
export function moduleOfUrl(
  url: string,
  connection: Pick<Connection, 'endpoints' | 'versionsUrl'> | undefined,
): string | null {
  if (url === connection?.versionsUrl) return 'versions';
  const [longest] = (connection?.endpoints ?? [])
    .filter((endpoint) => isBelow(url, endpoint.url))
    .sort((one, other) => other.url.length - one.url.length);
  return longest?.identifier ?? url.match(WORDS)?.at(-1)?.slice(1).toLowerCase() ?? null;
}

function isBelow(url: string, base: string): boolean {
  const plain = base.replace(/\/+$/, '');
  return url.startsWith(plain) && /^([/?#]|$)/.test(url.slice(plain.length));
}
