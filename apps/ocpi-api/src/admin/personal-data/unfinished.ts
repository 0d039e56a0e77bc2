import { rowsOf, type SqlRunner } from '#change-log';
import { ALL_PARAMETERS, isTokenSql, parametersOf, type TokenSubject } from './token-subject.js';

const OPEN = [
  {
    sql: `SELECT count(*) AS count FROM session
           WHERE token_party_key = $1 AND status IN ('ACTIVE', 'PENDING', 'RESERVATION') AND strpos(upper(body), $4) > 0
             AND ${isTokenSql("(body::json->'cdr_token')")}`,
    why: 'Sessions that have not ended',
  },
  {
    sql: `SELECT count(DISTINCT c.id) AS count FROM cdr c JOIN cdr_receipt r ON r.cdr_id = c.id AND r.state IN ('owed', 'parked')
           WHERE c.token_party_key = $1 AND strpos(upper(c.body), $4) > 0
             AND ${isTokenSql("(c.body::json->'cdr_token')")}`,
    why: 'CDRs that a partner has not acknowledged',
  },
  {
    sql: `SELECT count(*) AS count FROM command
           WHERE sender_key = $1 AND driver_key = $2 AND outcome IS NULL`,
    why: 'commands without an outcome',
  },
  {
    sql: `SELECT count(*) AS count FROM reservation
           WHERE sender_key = $1 AND driver_key = $2 AND state IN ('pending', 'active')`,
    why: 'reservations in force',
  },
  {
    sql: `SELECT count(*) AS count FROM authorization_request
           WHERE answered_at IS NULL AND strpos(upper(body), $4) > 0`,
    why: 'questions of the CSMS without an answer',
  },
  {
    sql: `SELECT count(*) AS count FROM parked_event
           WHERE strpos(upper(convert_from(raw, 'LATIN1')), $4) > 0`,
    why: 'parked events that name it: redrive or drop them first',
  },
];

/** What still needs the token as it is; without it drivers would be stopped, or bills lost. */
export async function unfinished(source: SqlRunner, subject: TokenSubject): Promise<string[]> {
  const found: string[] = [];
  for (const { sql, why } of OPEN) {
    const [row] = await rowsOf<{ count: number }>(
      source,
      `${sql} AND ${ALL_PARAMETERS}`,
      parametersOf(subject),
    );
    if ((row?.count ?? 0) > 0) found.push(`${row?.count ?? 0} ${why}`);
  }
  return found;
}
