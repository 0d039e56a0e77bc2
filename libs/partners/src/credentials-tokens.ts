import { type DataSource, type EntityManager } from 'typeorm';
import { hashToken, newCredentialsToken } from './secrets.js';

/** Adds a token that the partner may show us, and returns it: the only time it can be read (TRN-13, P15). */
export async function issueToken(
  tx: EntityManager | DataSource,
  connectionId: string,
  purpose: 'bootstrap' | 'full',
  options: { state?: 'active' | 'pending'; lifetimeSeconds?: number } = {},
): Promise<string> {
  const token = newCredentialsToken();
  await tx.query(
    `INSERT INTO connection_token (token_hash, connection_id, purpose, state, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
    [
      hashToken(token),
      connectionId,
      purpose,
      options.state ?? 'active',
      options.lifetimeSeconds ?? null,
    ],
  );
  return token;
}

/** Ends a token; false when it was dead already, so that of two handshakes with one A only one wins (CRD-12). */
export async function spendToken(tx: EntityManager, token: string): Promise<boolean> {
  const [, count] = await tx.query<[unknown[], number]>(
    'DELETE FROM connection_token WHERE token_hash = $1',
    [hashToken(token)],
  );
  return count === 1;
}

/** Ends all tokens of a connection but those named. */
export async function dropTokensExcept(
  tx: EntityManager,
  connectionId: string,
  ...kept: string[]
): Promise<void> {
  await tx.query(
    'DELETE FROM connection_token WHERE connection_id = $1 AND NOT token_hash = ANY($2::bytea[])',
    [connectionId, kept.map(hashToken)],
  );
}

/** Lets a replaced token live on for the case that the answer with its successor was lost (CRD-16). */
export async function graceToken(
  tx: EntityManager,
  connectionId: string,
  graceSeconds: number,
): Promise<void> {
  await tx.query(
    `UPDATE connection_token SET state = 'grace', expires_at = now() + make_interval(secs => $2)
      WHERE connection_id = $1 AND purpose = 'full' AND state = 'active'`,
    [connectionId, graceSeconds],
  );
}

/** A pending token becomes the one in force; its first use from now on ends its predecessor. */
export async function activateToken(tx: EntityManager, token: string): Promise<void> {
  await tx.query(
    `UPDATE connection_token SET state = 'active', expires_at = NULL, first_used_at = NULL
      WHERE token_hash = $1`,
    [hashToken(token)],
  );
}

/** Can the token still be shown? Locked until the transaction ends. */
export async function isLiveToken(tx: EntityManager, token: string): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `SELECT 1 FROM connection_token
      WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > now()) FOR UPDATE`,
    [hashToken(token)],
  );
  return rows.length === 1;
}
