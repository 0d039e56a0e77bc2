import { type DataSource } from 'typeorm';
import { type SecretBox, UnreadableSecretError } from './secrets.js';

/** Every column with what a SecretBox made. */
export const ENCRYPTED_COLUMNS = [
  { table: 'connection', key: 'id', column: 'outbound_token', of: 'connection' },
  { table: 'csms_client', key: 'name', column: 'webhook_secret', of: 'csms' },
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

/** A secret that no key here opens, and whose it is: `csms`, a client's webhook secret; `connection`, our token for a partner. */
export interface UnreadableSecret {
  of: (typeof ENCRYPTED_COLUMNS)[number]['of'];
  name: string;
  /** And what to do. */
  reason: string;
}

/** What came of encrypting anew. */
export interface Rotation {
  /** How many secrets a previous key had encrypted. */
  rotated: number;
  unreadable: UnreadableSecret[];
}

/**
 * Encrypts with the current key whatever was encrypted with a previous one. A secret that changes meanwhile is left as it is
 * then; one that cannot be read stays what it was, is named, and stops no other.
 */
export async function rotateSecrets(dataSource: DataSource, box: SecretBox): Promise<Rotation> {
  const done: Rotation = { rotated: 0, unreadable: [] };
  for (const { table, key, column, of } of ENCRYPTED_COLUMNS) {
    const rows = await dataSource.query<{ name: string; stored: Buffer }[]>(
      `SELECT ${key} AS name, ${column} AS stored FROM ${table} WHERE ${column} IS NOT NULL ORDER BY ${key}`,
    );
    for (const { name, stored } of rows) {
      const secret = readOrNote(box, stored, (reason) =>
        done.unreadable.push({ of, name, reason }),
      );
      if (secret === undefined || box.keyIdOf(stored) === box.currentId) continue;
      const [, count] = await dataSource.query<[unknown[], number]>(
        `UPDATE ${table} SET ${column} = $3 WHERE ${key} = $1 AND ${column} = $2`,
        [name, stored, box.encrypt(secret)],
      );
      done.rotated += count;
    }
  }
  return done;
}

function readOrNote(
  box: SecretBox,
  stored: Buffer,
  note: (reason: string) => void,
): string | undefined {
  try {
    return box.decrypt(stored, 'the secret');
  } catch (error) {
    if (!(error instanceof UnreadableSecretError)) throw error;
    note(error.message);
    return undefined;
  }
}
