import { rowsOf } from '#change-log';
import { type Cdr, type CdrToken, partyKey, type Session } from '#ocpi';
import { type DataSource, type EntityManager } from 'typeorm';
import { pseudonymised } from './pseudonymise.js';
import { isOf, type TokenSubject } from './token-subject.js';

/** Short transactions: a long one holds back all that reads the change log. */
const AT_ONCE = 200;

/** A Session or a CDR. */
interface RecordRow {
  id: number;
  body: string;
  snapshot: string | null;
}

type Kind = 'session' | 'cdr';

/**
 * Puts the pseudonym into Sessions or CDRs of the token, and takes away what was kept of sending them. Resolves to how many
 * there were; what is done stays done when it is stopped half way.
 */
export async function eraseRecords(
  dataSource: DataSource,
  kind: Kind,
  subject: TokenSubject,
  pseudonym: string,
): Promise<number> {
  let total = 0;
  for (let afterId = 0; ;) {
    const { seen, lastId, erased } = await dataSource.transaction((tx) =>
      eraseSome(tx, kind, { subject, pseudonym, afterId }),
    );
    total += erased;
    if (seen < AT_ONCE) return total;
    afterId = lastId;
  }
}

async function eraseSome(
  tx: EntityManager,
  kind: Kind,
  given: { subject: TokenSubject; pseudonym: string; afterId: number },
): Promise<{ seen: number; lastId: number; erased: number }> {
  const { subject, pseudonym, afterId } = given;
  const rows = await rowsOf<RecordRow>(
    tx,
    `SELECT id, body, location_snapshot AS snapshot FROM ${kind}
      WHERE token_party_key = $1 AND id > $2 AND strpos(upper(body), $3) > 0
      ORDER BY id LIMIT $4 FOR UPDATE`,
    [subject.partyKey, afterId, subject.needle, AT_ONCE],
  );
  const own = rows.filter(({ body }) => isOf(subject, tokenOf(body)));
  if (own.length > 0) {
    const without = (text: string) =>
      JSON.stringify(pseudonymised(JSON.parse(text), subject.identifiers, pseudonym));
    await tx.query(
      `UPDATE ${kind} o SET body = v.body, location_snapshot = v.snapshot
         FROM unnest($1::bigint[], $2::text[], $3::text[]) AS v(id, body, snapshot) WHERE o.id = v.id`,
      [
        own.map(({ id }) => id),
        own.map(({ body }) => without(body)),
        own.map(({ snapshot }) => snapshot && without(snapshot)),
      ],
    );
    if (kind === 'cdr') await eraseRenditions(tx, own, without);
    else await forgetAcknowledged(tx, own);
    await forgetSending(tx, kind, own, subject);
  }
  return { seen: rows.length, lastId: rows.at(-1)?.id ?? 0, erased: own.length };
}

const tokenOf = (body: string): CdrToken => (JSON.parse(body) as Session | Cdr).cdr_token;

/** Bytes that were sent are kept as they were (G8); here the law asks for others. */
async function eraseRenditions(
  tx: EntityManager,
  cdrs: readonly RecordRow[],
  without: (text: string) => string,
): Promise<void> {
  const renditions = await rowsOf<{ cdrId: number; view: string; body: string }>(
    tx,
    `SELECT cdr_id AS "cdrId", view, body FROM cdr_rendition WHERE cdr_id = ANY($1) AND body IS NOT NULL`,
    [cdrs.map(({ id }) => id)],
  );
  await tx.query(
    `UPDATE cdr_rendition r SET body = v.body
       FROM unnest($1::bigint[], $2::text[], $3::text[]) AS v(cdr_id, view, body)
      WHERE r.cdr_id = v.cdr_id AND r.view = v.view`,
    [
      renditions.map(({ cdrId }) => cdrId),
      renditions.map(({ view }) => view),
      renditions.map(({ body }) => without(body)),
    ],
  );
}

/** Without what was acknowledged, a later change is sent as a whole. */
const forgetAcknowledged = (tx: EntityManager, sessions: readonly RecordRow[]): Promise<unknown> =>
  tx.query('UPDATE session_delivery SET acknowledged = NULL WHERE session_id = ANY($1)', [
    sessions.map(({ id }) => id),
  ]);

async function forgetSending(
  tx: EntityManager,
  kind: Kind,
  rows: readonly RecordRow[],
  { identifiers }: TokenSubject,
): Promise<void> {
  const names = rows.map(({ body }) => {
    const record = JSON.parse(body) as Session | Cdr;
    return `${partyKey(record)}/${record.id}`;
  });
  await tx.query(
    `DELETE FROM exchange WHERE object_name = ANY($1) AND kind = $2
        AND connection_id IN (SELECT id FROM connection)`,
    [names, kind],
  );
  const ids = rows.map(({ id }) => id);
  await tx.query(
    `UPDATE parked_push SET reason = 'it named a token that was erased'
      WHERE kind = $1 AND object_id = ANY($2) AND EXISTS (
        SELECT FROM unnest($3::text[]) AS named WHERE strpos(upper(reason), named) > 0)`,
    [kind, ids, identifiers],
  );
  if (kind === 'session') return;
  await tx.query(
    `UPDATE cdr_receipt SET reason = 'it named a token that was erased'
      WHERE cdr_id = ANY($1) AND EXISTS (
        SELECT FROM unnest($2::text[]) AS named WHERE strpos(upper(reason), named) > 0)`,
    [ids, identifiers],
  );
}
