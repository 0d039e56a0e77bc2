import { rowsOf, type SqlRunner } from '#change-log';
import { parseKafkaMessage, parseHttpBody, type ParsedEvent } from '#csms-contract';
import { storableText } from '#database';
import { type IncomingEvent } from './incoming-event.js';

/** A line of `parked_event` to be written. */
export interface AsideRow {
  incoming: IncomingEvent;
  state: 'held' | 'parked';
  parentKey: string | null;
  reason: string;
  expiresAt: Date | null;
}

/** A line of `parked_event` as read. */
export interface ParkedRow {
  id: number;
  state: 'held' | 'parked';
  source: string | null;
  eventId: string | null;
  type: string | null;
  subject: string | null;
  parentKey: string | null;
  reason: string;
  binding: 'kafka' | 'http';
  origin: Record<string, unknown>;
  raw: Buffer;
  attempts: number;
  receivedAt: Date;
  expiresAt: Date | null;
}

const PARKED_COLUMNS = `id, state, source, event_id AS "eventId", type, subject,
  parent_key AS "parentKey", reason, binding, origin, raw, attempts,
  received_at AS "receivedAt", expires_at AS "expiresAt"`;

/** Writes events that wait or that could not be used, with their raw bytes (D3). */
export async function putAside(sql: SqlRunner, rows: Iterable<AsideRow>): Promise<void> {
  const list = [...rows];
  if (list.length === 0) return;
  const attributes = list.map(({ incoming }) => attributesOf(incoming.parsed));
  await sql.query(
    `INSERT INTO parked_event (state, source, event_id, type, subject, parent_key, reason, binding, origin, raw, expires_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::jsonb[], $10::bytea[], $11::timestamptz[])`,
    [
      list.map(({ state }) => state),
      attributes.map(({ source }) => kept(source)),
      attributes.map(({ id }) => kept(id)),
      attributes.map(({ type }) => kept(type)),
      attributes.map(({ subject }) => kept(subject)),
      list.map(({ parentKey }) => kept(parentKey)),
      list.map(({ reason }) => kept(reason)),
      list.map(({ incoming }) => incoming.binding),
      list.map(({ incoming }) => kept(JSON.stringify(incoming.origin))?.replaceAll('\\u0000', '')),
      list.map(({ incoming }) => incoming.raw),
      list.map(({ expiresAt }) => expiresAt),
    ],
  );
}

const kept = (text: string | null | undefined): string | null =>
  text == null ? null : storableText(text, 4000);

function attributesOf(parsed: ParsedEvent): Record<string, string | undefined> {
  if (!parsed.ok) return parsed.attributes;
  const { source, id, type, subject } = parsed.event;
  return { source, id, type, subject };
}

/** The event as its binding handed it in, read anew from its bytes. */
export function reread({ binding, origin, raw }: ParkedRow): IncomingEvent {
  const parsed =
    binding === 'kafka'
      ? parseKafkaMessage({ value: raw, headers: headersOf(origin) })
      : (parseHttpBody(raw)?.[0]?.parsed ?? {
          ok: false as const,
          reason: 'the bytes are not JSON',
          attributes: {},
        });
  return { binding, origin, raw, parsed };
}

const headersOf = ({ headers }: Record<string, unknown>): Record<string, string> =>
  typeof headers === 'object' && headers !== null ? (headers as Record<string, string>) : {};

/** The lines with these ids, oldest first, locked until the end of the transaction; what others work on is left out. */
export const lockParked = (sql: SqlRunner, ids: readonly number[]): Promise<ParkedRow[]> =>
  rowsOf<ParkedRow>(
    sql,
    `SELECT ${PARKED_COLUMNS} FROM parked_event WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED`,
    [ids],
  );
