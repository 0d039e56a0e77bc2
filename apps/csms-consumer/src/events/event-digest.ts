import { hash } from 'node:crypto';
import { type IncomingEvent } from './incoming-event.js';

/**
 * What an event is remembered by: MD5 of source and id, of origin and bytes where it has neither (D3). 32 hexadecimal
 * digits, which PostgreSQL reads as a UUID.
 */
export function eventDigest(event: IncomingEvent): string {
  const { parsed, raw } = event;
  if (parsed.ok) return hash('md5', `${parsed.event.source}\0${parsed.event.id}`, 'hex');
  const { topic, partition, offset } = event.origin; // spelled out on demand: it costs more than the digest
  const where = topic === undefined ? '' : JSON.stringify([topic, partition, offset]);
  return hash('md5', Buffer.concat([Buffer.from(`unread\0${where}\0`), raw]), 'hex');
}
