import { type OutgoingEvent } from '#csms-contract';
import { randomUUID } from 'node:crypto';
import { type EntityManager } from 'typeorm';

/** Puts what happened to a partner into the outbox towards every CSMS, with the change itself. */
export async function addPartnerMessage(tx: EntityManager, event: OutgoingEvent): Promise<void> {
  await tx.query(
    'INSERT INTO csms_message (id, type, subject, key, data) VALUES ($1, $2, $3, $4, $5)',
    [randomUUID(), event.type, event.subject, event.key, JSON.stringify(event.data)],
  );
}
