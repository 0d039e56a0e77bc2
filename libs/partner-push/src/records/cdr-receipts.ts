import { type CdrReceiptEntity } from '#database';
import { rowsOf, type SqlRunner } from '#change-log';

export type CdrReceipt = Pick<CdrReceiptEntity, 'state' | 'attempts' | 'locationUrl'>;

/** Notes that a partner is owed a CDR, if nothing is noted yet, and returns what is noted. */
export async function owe(
  source: SqlRunner,
  connectionId: string,
  cdrId: number,
): Promise<CdrReceipt> {
  const [row] = await rowsOf<CdrReceipt>(
    source,
    `INSERT INTO cdr_receipt (connection_id, cdr_id) VALUES ($1, $2)
     ON CONFLICT (connection_id, cdr_id) DO UPDATE SET state = cdr_receipt.state
     RETURNING state, attempts, location_url AS "locationUrl"`,
    [connectionId, cdrId],
  );
  if (!row) throw new Error('the receipt vanished');
  return row;
}

/** Counts an attempt before it is made: after a kill the next holder knows that an answer may have been lost. */
export async function countAttempt(
  source: SqlRunner,
  connectionId: string,
  cdrId: number,
): Promise<void> {
  await source.query(
    `UPDATE cdr_receipt SET attempts = attempts + 1, updated_at = now()
      WHERE connection_id = $1 AND cdr_id = $2`,
    [connectionId, cdrId],
  );
}

/** Ends a debt: delivered (with the URL of the partner's copy, CDR-05), parked, withheld, or left for pull. */
export async function settle(
  source: SqlRunner,
  connectionId: string,
  cdrId: number,
  given: { state: CdrReceipt['state']; locationUrl?: string | null; reason?: string | null },
): Promise<void> {
  await source.query(
    `UPDATE cdr_receipt SET state = $3, location_url = coalesce($4, location_url), reason = $5, updated_at = now()
      WHERE connection_id = $1 AND cdr_id = $2`,
    [connectionId, cdrId, given.state, given.locationUrl ?? null, given.reason ?? null],
  );
}

/**
 * SQL: how many CDRs the partner of this connection has not acknowledged. Also those that its feed has not come to, which
 * for a partner that is away is all that were issued since.
 */
export const owedCdrsOf = (connection: string): string => `(SELECT count(*) FROM (
    SELECT r.cdr_id FROM cdr_receipt r WHERE r.connection_id = ${connection} AND r.state = 'owed'
    UNION
    SELECT ch.object_id FROM feed f JOIN connection k ON k.id = f.connection_id
      JOIN change ch ON ch.kind = 'cdr' AND (ch.xid, ch.seq) > (f.cursor_xid, f.cursor_seq)
       AND (k.hosted_parties IS NULL OR ch.party_key = ANY (k.hosted_parties))
     WHERE f.connection_id = ${connection} AND k.state IN ('registered', 'rejected')
       AND EXISTS (SELECT FROM remote_party p
                    WHERE p.connection_id = k.id AND p.role = 'EMSP' AND p.party_key = ch.audience)
       AND NOT EXISTS (SELECT FROM cdr_receipt r WHERE r.connection_id = k.id AND r.cdr_id = ch.object_id)
  ) o)`;

export interface CdrRendition {
  /** JSON text as it first left, or will leave, for this view. */
  body: string | null;
  /** Why this view gets no such CDR. */
  withheld: string | null;
}

/** The bytes kept for a view (G8): the given ones where there are none yet, else the stored ones. */
export async function keepRendition(
  source: SqlRunner,
  cdrId: number,
  view: string,
  make: () => CdrRendition,
): Promise<CdrRendition> {
  const read = () =>
    rowsOf<CdrRendition>(
      source,
      'SELECT body, withheld FROM cdr_rendition WHERE cdr_id = $1 AND view = $2',
      [cdrId, view],
    );
  const [stored] = await read();
  if (stored) return stored;
  const made = make();
  await source.query(
    `INSERT INTO cdr_rendition (cdr_id, view, body, withheld) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [cdrId, view, made.body, made.withheld],
  );
  // Another process may have been first: what is stored is what counts.
  const [kept] = await read();
  return kept ?? made;
}
