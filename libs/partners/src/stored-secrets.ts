import { type DataSource } from 'typeorm';
import { type SecretBox } from './secrets.js';

/** Every column with what a SecretBox made. */
export const ENCRYPTED_COLUMNS = [
  { table: 'connection', key: 'id', column: 'outbound_token' },
  { table: 'csms_client', key: 'name', column: 'webhook_secret' },
] as const;

const keyIdIn = (column: string): string => `encode(substring(${column} FROM 2 FOR 4), 'hex')`;

/** One encryption key, by its id, and what still needs it. */
export interface KeyUse {
  id: string;
  /** `unknown`: this process has no such key, so that these secrets cannot be read. */
  use: 'current' | 'previous' | 'unknown';
  secrets: number;
}

/** The keys this process has, the current one first, and those that stored secrets were made with. */
export async function keyUses(dataSource: DataSource, box: SecretBox): Promise<KeyUse[]> {
  const counted = await dataSource.query<{ id: string; count: number }[]>(
    `SELECT id, count(*)::int AS count FROM (${ENCRYPTED_COLUMNS.map(
      ({ table, column }) =>
        `SELECT ${keyIdIn(column)} AS id FROM ${table} WHERE ${column} IS NOT NULL`,
    ).join(' UNION ALL ')}) AS secret GROUP BY id ORDER BY id`,
  );
  const counts = new Map(counted.map(({ id, count }) => [id, count]));
  const ids = new Set([box.currentId, ...box.readableIds, ...counts.keys()]);
  return [...ids].map((id) => ({ id, use: useOf(id, box), secrets: counts.get(id) ?? 0 }));
}

function useOf(id: string, box: SecretBox): KeyUse['use'] {
  if (id === box.currentId) return 'current';
  return box.readableIds.includes(id) ? 'previous' : 'unknown';
}

/**
 * Encrypts with the current key whatever was encrypted with a previous one; resolves to how many that were. A secret that
 * changes meanwhile is left as it is then; one that cannot be read stays what it was.
 */
export async function rotateSecrets(dataSource: DataSource, box: SecretBox): Promise<number> {
  let rotated = 0;
  for (const { table, key, column } of ENCRYPTED_COLUMNS) {
    const rows = await dataSource.query<{ key: string; secret: Buffer }[]>(
      `SELECT ${key} AS key, ${column} AS secret FROM ${table}
        WHERE ${keyIdIn(column)} = ANY($1) AND ${keyIdIn(column)} <> $2 ORDER BY ${key}`,
      [box.readableIds, box.currentId],
    );
    for (const row of rows) {
      const [, count] = await dataSource.query<[unknown[], number]>(
        `UPDATE ${table} SET ${column} = $3 WHERE ${key} = $1 AND ${column} = $2`,
        [row.key, row.secret, box.encrypt(box.decrypt(row.secret))],
      );
      rotated += count;
    }
  }
  return rotated;
}
