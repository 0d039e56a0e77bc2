import { type PrintableEvent } from '#csms-contract';
import { type CsmsMessageEntity } from '#database';

/** A row of the outbox as a CloudEvent. A repeat is the same row, so it has the same id. */
export const printableMessage = (row: CsmsMessageEntity, source: string): PrintableEvent => ({
  id: row.id,
  source,
  type: row.type,
  subject: row.subject,
  time: row.at,
  sequence: row.seq,
  key: row.key,
  data: row.data,
  ...(row.traceparent !== null && { traceparent: row.traceparent }),
});
