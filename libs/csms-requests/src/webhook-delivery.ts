import { type PrintableEvent, toStructured } from '#csms-contract';
import { Agent, request } from 'undici';
import { type Delivery, DeliveryError, runsOf } from './delivery.js';
import { signatureHeaders } from './webhook-signature.js';

const RUN = { maxCount: 100, maxBytes: 1_000_000 };
const ANSWER_LIMIT_BYTES = 65_536;
const MAX_RETRY_AFTER_MS = 300_000;

export interface WebhookTarget {
  url: string;
  /** See `signatureHeaders`. */
  secret: string;
  timeoutMs: number;
}

/**
 * Batches to a CSMS's webhook, one call after the other; any 2xx takes all of a call. Targets are the operator's own, so
 * private addresses are fine, but redirects are not followed: the signature is for that address alone.
 */
export class WebhookDelivery implements Delivery {
  private readonly agent: Agent;

  constructor(private readonly target: WebhookTarget) {
    const { timeoutMs } = target;
    this.agent = new Agent({
      connections: 1,
      connect: { timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  async deliver(events: readonly PrintableEvent[], signal: AbortSignal): Promise<PrintableEvent[]> {
    for (const run of runsOf(events, RUN)) await this.call(run, signal);
    return [];
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async call(run: readonly PrintableEvent[], signal: AbortSignal): Promise<void> {
    const body = `[${run.map(toStructured).join(',')}]`;
    const id = `${run[0]?.id ?? ''}-${run.length}`;
    // Of several messages each names its own trace in its attributes.
    const traceparent = run.length === 1 ? run[0]?.traceparent : undefined;
    const answer = await request(this.target.url, {
      method: 'POST',
      dispatcher: this.agent,
      signal,
      headers: {
        'content-type': 'application/cloudevents-batch+json; charset=utf-8',
        ...(traceparent !== undefined && { traceparent }),
        ...signatureHeaders(this.target.secret, { id, at: new Date(), body }),
      },
      body,
    });
    // What it says in its answer does not matter once it took the events.
    await answer.body.dump({ limit: ANSWER_LIMIT_BYTES }).catch(() => undefined);
    const { statusCode } = answer;
    if (statusCode >= 200 && statusCode < 300) return;
    throw new DeliveryError(
      `the webhook answered HTTP ${statusCode}`,
      retryAfterMs(answer.headers['retry-after'], Date.now()),
    );
  }
}

/** Retry-After in milliseconds, seconds or a date, at most five minutes; undefined when it says nothing usable. */
export function retryAfterMs(
  header: string | string[] | undefined,
  nowMs: number,
): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
