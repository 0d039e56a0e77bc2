import { hash } from 'node:crypto';
import { type IncomingEvent } from './incoming-event.js';

/** What an event is remembered by: MD5 of source and id as a UUID; of origin and bytes where it has neither (D3). */
export function eventDigest(event: IncomingEvent): string {
  const { parsed, raw } = event;
  if (parsed.ok) return asUuid(hash('md5', `${parsed.event.source}\0${parsed.event.id}`, 'hex'));
  const { topic, partition, offset } = event.origin; // spelled out on demand: it costs more than the digest
  const where = topic === undefined ? '' : JSON.stringify([topic, partition, offset]);
  return asUuid(hash('md5', Buffer.concat([Buffer.from(`unread\0${where}\0`), raw]), 'hex'));
}

const asUuid = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
