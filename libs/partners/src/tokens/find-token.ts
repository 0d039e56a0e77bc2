import { foldId, partyKey, type PartyId, type Token } from '#ocpi';
import { type DataSource } from 'typeorm';

/**
 * A stored Token by owner and uid, without case (TOK-11), and type. Without a type, as in 2.1.1: the RFID one, else the
 * only one (TOK-03).
 */
export async function findToken(
  dataSource: DataSource,
  owner: PartyId,
  uid: string,
  type: string | undefined,
): Promise<Token | undefined> {
  const rows = await dataSource.query<{ type: string; body: string }[]>(
    'SELECT type, body FROM token WHERE party_key = $1 AND uid_key = $2 AND type = coalesce($3, type)',
    [partyKey(owner), foldId(uid), type ?? null],
  );
  const row =
    rows.find((candidate) => candidate.type === 'RFID') ??
    (rows.length === 1 ? rows[0] : undefined);
  return row && (JSON.parse(row.body) as Token);
}
