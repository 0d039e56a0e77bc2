import { randomUUID } from 'node:crypto';
import { type EventTypeName, eventSubject, type PrintableEvent, recordKey } from '#csms-contract';

export interface CsmsEventOptions {
  source: string;
  /** When it happened; now unless said otherwise. */
  time?: Date;
  sequence?: number;
  snapshotId?: string;
  id?: string;
}

/** An event that a CSMS states, addressed and keyed as the contract asks. */
export interface CsmsEvent extends PrintableEvent {
  type: EventTypeName;
  /** What `data` was printed from; its topic depends on it. */
  content: unknown;
}

export function csmsEvent(
  type: EventTypeName,
  content: unknown,
  options: CsmsEventOptions,
): CsmsEvent {
  return {
    type,
    content,
    id: options.id ?? randomUUID(),
    source: options.source,
    subject: eventSubject(type, content),
    key: recordKey(type, content),
    time: options.time ?? new Date(),
    data: JSON.stringify(content),
    ...(options.sequence !== undefined && { sequence: options.sequence }),
    ...(options.snapshotId !== undefined && { snapshotId: options.snapshotId }),
  };
}
