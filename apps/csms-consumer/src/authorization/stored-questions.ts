import { rowsOf } from '#change-log';
import {
  authorizationDecided,
  type AuthorizationDecided,
  type AuthorizationRequested,
} from '#csms-contract';
import { addCsmsMessages } from '#csms-requests';
import { type DataSource } from 'typeorm';

/** A question that came as an event, and that this process is at. */
export interface TakenQuestion {
  partyKey: string;
  id: string;
  deadline: Date;
  traceparent: string | null;
  question: AuthorizationRequested;
}

type Name = Pick<TakenQuestion, 'partyKey' | 'id'>;

const TAKE = `WITH open AS (
    SELECT party_key, id FROM authorization_request
     WHERE answered_at IS NULL AND (taken_until IS NULL OR taken_until < now())
     ORDER BY received_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE authorization_request a SET taken_until = now() + $2 * interval '1 ms'
      FROM open WHERE a.party_key = open.party_key AND a.id = open.id
    RETURNING a.party_key, a.id, a.deadline, a.body, a.traceparent
  ) SELECT party_key AS "partyKey", id, deadline, body, traceparent FROM taken`;

/** Takes up to so many open questions for so long; what another process is at is left alone until its time is over. */
export async function takeQuestions(
  dataSource: DataSource,
  limit: number,
  leaseMs: number,
): Promise<TakenQuestion[]> {
  const rows = await rowsOf<Omit<TakenQuestion, 'question'> & { body: string }>(dataSource, TAKE, [
    limit,
    leaseMs,
  ]);
  return rows.map(({ body, ...row }) => ({
    ...row,
    question: JSON.parse(body) as AuthorizationRequested,
  }));
}

/** Says that this process is still at them. */
export async function keepQuestions(
  dataSource: DataSource,
  names: readonly Name[],
  leaseMs: number,
): Promise<void> {
  await dataSource.query(
    `UPDATE authorization_request a SET taken_until = now() + $3 * interval '1 ms'
       FROM unnest($1::text[], $2::text[]) AS n (party_key, id)
      WHERE a.party_key = n.party_key AND a.id = n.id AND a.answered_at IS NULL`,
    [names.map(({ partyKey }) => partyKey), names.map(({ id }) => id), leaseMs],
  );
}

/** Keeps the answer and has the CSMS told of it, both or neither; false where another process was faster, or time was. */
export const answerQuestion = (
  dataSource: DataSource,
  { partyKey, id }: Name,
  answer: AuthorizationDecided,
  now: Date,
): Promise<boolean> =>
  dataSource.transaction(async (tx) => {
    const answered = await rowsOf(
      tx,
      `WITH answered AS (
         UPDATE authorization_request SET answered_at = now(), answer = $3, taken_until = NULL
          WHERE party_key = $1 AND id = $2 AND answered_at IS NULL AND deadline > $4 RETURNING id
       ) SELECT id FROM answered`,
      [partyKey, id, JSON.stringify(answer), now],
    );
    if (answered.length === 0) return false;
    await addCsmsMessages(tx, [{ ...authorizationDecided(answer), partyKey }]);
    return true;
  });

/** Closes what nobody decided in time, without an answer: after its deadline none counts. How many there were. */
export async function expireQuestions(dataSource: DataSource, now: Date): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    dataSource,
    `WITH expired AS (
       UPDATE authorization_request SET answered_at = now(), taken_until = NULL
        WHERE answered_at IS NULL AND deadline <= $1 RETURNING id
     ) SELECT count(*) AS count FROM expired`,
    [now],
  );
  return row?.count ?? 0;
}
