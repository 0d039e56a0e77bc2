import { type SqlRunner } from '#change-log';
import { type OutgoingEvent } from '#csms-contract';
import { isTracing, traceparentOf } from '#platform';
import { randomUUID } from 'node:crypto';

/** Something to tell the CSMS; with `partyKey` only those that run this hosted party hear it. */
export interface NewCsmsMessage extends OutgoingEvent {
  partyKey?: string;
}

/** Columns of `csms_message` that a writer fills; all others have defaults. For SQL that writes a message with its object in one statement. */
const CSMS_MESSAGE_COLUMNS = 'id, type, subject, key, data, party_key';

const INSERT = `INSERT INTO csms_message (${CSMS_MESSAGE_COLUMNS})
  SELECT id, type, subject, key, data, party_key
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
      AS new (id, type, subject, key, data, party_key)`;

const INSERT_TRACED = `INSERT INTO csms_message (${CSMS_MESSAGE_COLUMNS}, traceparent)
  SELECT id, type, subject, key, data, party_key, $7
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
      AS new (id, type, subject, key, data, party_key)`;

/**
 * Puts messages to the CSMS into the outbox, in the order given, in the transaction that changes what they tell of (D3):
 * both are there or neither. To be called after the object's row is locked or written, so that of two writers of one
 * object the later gets the higher sequence. One statement whatever their number. They belong to the trace of
 * the work at hand.
 */
export async function addCsmsMessages(
  tx: SqlRunner,
  messages: readonly NewCsmsMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const columns = [
    messages.map(() => randomUUID()),
    messages.map(({ type }) => type),
    messages.map(({ subject }) => subject),
    messages.map(({ key }) => key),
    messages.map(({ data }) => JSON.stringify(data)),
    messages.map(({ partyKey }) => partyKey ?? null),
  ];
  if (isTracing()) await tx.query(INSERT_TRACED, [...columns, traceparentOf() ?? null]);
  else await tx.query(INSERT, columns);
}
