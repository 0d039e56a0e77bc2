import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS, toStructured } from '#csms-contract';
import { Agent, request } from 'undici';
import { type CsmsEvent } from './csms-event.js';
import { type EventSender } from './event-sender.js';

/** An event that the gateway did not take, in its words. */
export interface RefusedEvent {
  id: string;
  outcome: string;
  reason?: string;
}

interface BatchAnswer {
  results: RefusedEvent[];
}

const ATTEMPTS = 60;

/** The HTTP binding: batches to `{baseUrl}/csms/v1/events`, again after 503 and network trouble (repeats are harmless). */
export class HttpEventSender implements EventSender {
  private readonly agent = new Agent({ keepAliveTimeout: 30_000, connections: 4 });

  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
    private readonly onRefused: (event: RefusedEvent) => void = () => undefined,
  ) {}

  async send(events: readonly CsmsEvent[]): Promise<void> {
    for (let start = 0; start < events.length;) {
      const batch = batchFrom(events, start);
      await this.post(`[${batch.join(',')}]`);
      start += batch.length;
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async post(body: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const waitMs = await this.tryPost(body).catch((error: unknown) => {
        if (attempt >= ATTEMPTS || error instanceof RefusedBatchError) throw error;
        return 1000;
      });
      if (waitMs === undefined) return;
      await sleep(waitMs);
    }
  }

  /** Undefined when taken; else how long to wait before the same batch again. */
  private async tryPost(body: string): Promise<number | undefined> {
    const answer = await request(`${this.baseUrl}/csms/v1/events`, {
      method: 'POST',
      dispatcher: this.agent,
      headers: {
        authorization: `Bearer ${this.key}`,
        'content-type': 'application/cloudevents-batch+json',
      },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode === 503) return Number(answer.headers['retry-after'] ?? 1) * 1000;
    if (answer.statusCode >= 500) return 1000;
    if (answer.statusCode >= 400) throw new RefusedBatchError(answer.statusCode, text);
    for (const result of (JSON.parse(text) as BatchAnswer).results) {
      if (result.outcome === 'parked' || result.outcome === 'refused') this.onRefused(result);
    }
    return undefined;
  }
}

/** The gateway refused the whole request: wrong key, too large, not JSON. Trying again would not help. */
export class RefusedBatchError extends Error {
  constructor(
    readonly httpStatus: number,
    text: string,
  ) {
    super(`The gateway refused the batch: HTTP ${httpStatus} ${text.slice(0, 500)}`);
  }
}

function batchFrom(events: readonly CsmsEvent[], start: number): string[] {
  const batch: string[] = [];
  let bytes = 0;
  for (const event of events.slice(start, start + LIMITS.maxBatchEvents)) {
    const text = toStructured(event);
    bytes += Buffer.byteLength(text);
    if (batch.length > 0 && bytes > LIMITS.maxEventBytes * 2) break;
    batch.push(text);
  }
  return batch;
}
