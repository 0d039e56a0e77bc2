import { type AuthorizationRequested, authorizationRequestedChecker } from '#csms-contract';
import { rowsOf } from '#change-log';
import { parseDateTime } from '#ocpi';
import { eventHandler } from './event-handler.js';
import { APPLIED, UNCHANGED } from './incoming-event.js';

const INSERT = `INSERT INTO authorization_request (party_key, id, body, deadline, traceparent)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
  ON CONFLICT DO NOTHING RETURNING party_key || '/' || id AS key`;

/** Keeps the question. It is decided after the commit, by whatever process gets to it: the batch waits for no partner. */
export const authorizationRequested = eventHandler<AuthorizationRequested>({
  checker: authorizationRequestedChecker,
  handle: async (tx, events) => {
    const rows = await rowsOf<{ key: string }>(tx.sql, INSERT, [
      events.map(({ partyKey }) => partyKey),
      events.map(({ data }) => data.authorization_id),
      events.map(({ data }) => JSON.stringify(data)),
      events.map(({ data }) => parseDateTime(data.deadline)),
      events.map(({ event }) => event.traceparent ?? null),
    ]);
    const fresh = new Set(rows.map(({ key }) => key));
    if (fresh.size > 0) tx.waiting.add('authorizations');
    return events.map(({ partyKey, data }) =>
      fresh.delete(`${partyKey}/${data.authorization_id}`) ? APPLIED : UNCHANGED,
    );
  },
});
