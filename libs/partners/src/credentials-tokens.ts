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
    // Not now(): it is the begin of the transaction, which may have waited for another exchange to end.
    `INSERT INTO connection_token (token_hash, connection_id, purpose, state, expires_at, created_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5), clock_timestamp())`,
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

/**
 * How exchanges of tokens that cross each other end, whatever their order and in whichever process: ours begins when its
 * pending token is issued, the partner's when its call arrives; each ends with one commit under the connection's row lock.
 * The exchange that ends last decides what is stored of the partner. None takes back what another one may have given the
 * partner after it: a pending token is left to its own exchange, and only what was issued before the token that comes into
 * force gives way to it. So whatever the partner was told last (the answer to its PUT, or our PUT that it answered)
 * lasts. Where both could be the last, both last, until the next exchange.
 */
const ISSUED_BEFORE = `t.connection_id = $1 AND t.state <> 'pending' AND t.created_at <
  (SELECT n.created_at FROM connection_token n WHERE n.token_hash = $2)`;

/** The tokens issued before this one end at once, but for pending ones. */
export async function endPredecessors(
  tx: EntityManager,
  connectionId: string,
  token: string,
): Promise<void> {
  await tx.query(`DELETE FROM connection_token t WHERE ${ISSUED_BEFORE}`, [
    connectionId,
    hashToken(token),
  ]);
}

/**
 * The tokens that were in force before this one live on for a while, for the case that the answer with it was lost
 * (CRD-16). What ran out long ago is removed.
 */
export async function gracePredecessors(
  tx: EntityManager,
  connectionId: string,
  token: string,
  graceSeconds: number,
): Promise<void> {
  await tx.query(
    `DELETE FROM connection_token WHERE connection_id = $1 AND expires_at < now() - interval '1 hour'`,
    [connectionId],
  );
  await tx.query(
    `UPDATE connection_token t SET state = 'grace', expires_at = now() + make_interval(secs => $3)
      WHERE ${ISSUED_BEFORE} AND t.purpose = 'full' AND t.state = 'active'`,
    [connectionId, hashToken(token), graceSeconds],
  );
}

/** The token that a handshake of ours sent was withdrawn before the handshake ended: the partner unregistered meanwhile. */
export class TokenWithdrawnError extends Error {
  constructor() {
    super('the connection was ended while a handshake with the partner was under way');
    this.name = 'TokenWithdrawnError';
  }
}

/** A pending token becomes one in force; its first use from now on ends its predecessor. @throws TokenWithdrawnError */
export async function activateToken(tx: EntityManager, token: string): Promise<void> {
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE connection_token SET state = 'active', expires_at = NULL, first_used_at = NULL
      WHERE token_hash = $1 AND state = 'pending'`,
    [hashToken(token)],
  );
  if (count !== 1) throw new TokenWithdrawnError();
}

/**
 * The answer to the PUT that carried this pending token got lost, so nobody knows which token the partner uses now: it
 * comes into force beside those before it, and they last, until the next exchange (CRD-16, CRD-25).
 */
export async function keepToken(tx: EntityManager | DataSource, token: string): Promise<void> {
  await tx.query(
    `UPDATE connection_token SET state = 'active', expires_at = NULL, first_used_at = NULL
      WHERE token_hash = $1 AND state = 'pending'`,
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
