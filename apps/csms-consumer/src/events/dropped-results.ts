import { countDropped, type DropReason } from '#commands';
import { createLogger } from '#platform';
import { type EventTransaction } from './event-handler.js';

const log = createLogger('results');

/** Tells the operator of a result that does not count. */
export const dropped = (why: DropReason, what: string, reason: string): void =>
  log.warn({ why, what, reason }, 'a result of the CSMS is dropped');

/** The same of one about nothing that we know; it is counted with the commit. */
export function dropUnknown(tx: EventTransaction, what: string): void {
  tx.counted.push((metrics) => countDropped(metrics, 'unknown'));
  dropped('unknown', what, 'not known of this party');
}
