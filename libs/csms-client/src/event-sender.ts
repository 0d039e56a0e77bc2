import { type CsmsEvent } from './csms-event.js';

/** A way to the gateway; there is one per binding. Resolves when the gateway or the broker has taken the events on. */
export interface EventSender {
  send(events: readonly CsmsEvent[]): Promise<void>;
  close(): Promise<void>;
}
