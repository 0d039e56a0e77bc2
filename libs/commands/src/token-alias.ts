import { rowsOf, type SqlRunner } from '#change-log';
import { type Token } from '#ocpi';
import { randomBytes } from 'node:crypto';

/** What an alias stands for: a token, or its group. */
interface Aliased {
  /** Party key of the eMSP. */
  ownerKey: string;
  /** The token's type, or `group`. */
  kind: string;
  /** Folded. */
  name: string;
  token?: Token;
}

/** Thirty-two that are not taken for each other when read aloud. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 20;

// Two commands for one driver at once get the same alias; the later token counts.
const KEEP = `INSERT INTO token_alias AS a (alias, owner_key, kind, name, token) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (owner_key, kind, name) DO UPDATE SET token = coalesce(excluded.token, a.token) RETURNING alias`;

/** The alias under which stations know this token or group, made where it has none yet. */
export async function aliasOf(
  tx: SqlRunner,
  { ownerKey, kind, name, token }: Aliased,
): Promise<string> {
  const fresh = newAlias();
  const stored = token ? JSON.stringify(token) : null;
  const rows = await rowsOf<{ alias: string }>(tx, KEEP, [fresh, ownerKey, kind, name, stored]);
  return rows[0]?.alias ?? fresh;
}

const newAlias = (): string =>
  Array.from(randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
