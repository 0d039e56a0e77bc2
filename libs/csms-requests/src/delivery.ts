import { type PrintableEvent } from '#csms-contract';

/** A way to a CSMS; one per binding. */
export interface Delivery {
  /**
   * Events in order; resolves when all were taken but those it names, which this way can never carry.
   * @throws DeliveryError, or anything else, when it is not certain that the others were taken.
   */
  deliver(events: readonly PrintableEvent[], signal: AbortSignal): Promise<PrintableEvent[]>;
  close(): Promise<void>;
}

/** The other side did not take the events; `retryAfterMs` where it said when to come back. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';

  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Cuts events into runs of at most `maxBytes` of data (one event at least) and `maxCount` events. */
export function runsOf(
  events: readonly PrintableEvent[],
  { maxCount, maxBytes }: { maxCount: number; maxBytes: number },
): PrintableEvent[][] {
  const runs: PrintableEvent[][] = [];
  let run: PrintableEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.data);
    if (run.length > 0 && (run.length === maxCount || bytes + size > maxBytes)) {
      runs.push(run);
      run = [];
      bytes = 0;
    }
    run.push(event);
    bytes += size;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
