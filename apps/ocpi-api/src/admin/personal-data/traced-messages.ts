import { rowsOf, type SqlRunner } from '#change-log';
import { bodyAbout, namesToken, type TracedMessage } from './names-token.js';
import { type TokenSubject } from './token-subject.js';

const AT_ONCE = 200;

interface TracedRow extends TracedMessage {
  id: number;
  at: Date;
  connection: string;
  method: string;
}

/**
 * Others than the owner's partner, and hubs before it, hear nothing of the token. URLs and JSON may write it with escapes: what
 * has any is read and judged in full.
 */
const ON_ITS_CONNECTIONS = `SELECT id, at, connection_id AS connection, module, method, url,
    request_headers AS headers, request_body AS request, response_body AS response
  FROM partner_message
 WHERE id > $3 AND connection_id IN (
         SELECT id FROM connection WHERE kind = 'hub' OR allowed_parties && ARRAY[$1, '*']
         UNION SELECT connection_id FROM remote_party WHERE party_key = $1)
   AND (concat(url, request_body, response_body) ~ '[%\\\\]'
        OR EXISTS (SELECT FROM unnest($2::text[]) AS named
             WHERE strpos(upper(concat(url, request_body, response_body)), named) > 0))
 ORDER BY id LIMIT ${AT_ONCE}`;

/** The messages of traces that name the token; of a page of objects only those that do, of a body that was cut nothing. */
export async function exportTraced(source: SqlRunner, subject: TokenSubject): Promise<unknown[]> {
  const told: unknown[] = [];
  for await (const { at, connection, method, url, request, response } of traced(source, subject)) {
    told.push({
      at,
      connection,
      method,
      url,
      request: bodyAbout(subject, request),
      response: bodyAbout(subject, response),
    });
  }
  return told;
}

/** Removes them, and resolves to how many there were. */
export async function eraseTraced(source: SqlRunner, subject: TokenSubject): Promise<number> {
  const ids: number[] = [];
  for await (const { id } of traced(source, subject)) ids.push(id);
  await rowsOf(source, 'DELETE FROM partner_message WHERE id = ANY($1)', [ids]);
  return ids.length;
}

async function* traced(source: SqlRunner, subject: TokenSubject): AsyncGenerator<TracedRow> {
  const { partyKey, identifiers } = subject;
  for (let afterId = 0; ;) {
    const rows = await rowsOf<TracedRow>(source, ON_ITS_CONNECTIONS, [
      partyKey,
      identifiers,
      afterId,
    ]);
    yield* rows.filter((row) => namesToken(subject, row));
    if (rows.length < AT_ONCE) return;
    afterId = rows.at(-1)?.id ?? 0;
  }
}
