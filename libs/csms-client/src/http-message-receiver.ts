import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudEvent, parseStructured } from '#csms-contract';
import { Agent, request } from 'undici';
import { type MessageHandler, type MessageReceiver } from './message-receiver.js';

export interface HttpMessageReceiverOptions {
  /** Where a client begins that never asked before. */
  from?: 'start' | 'tail';
  waitSeconds?: number;
  /** Told of every request that failed and every message that could not be taken; both are tried again. */
  onTrouble?: (error: unknown) => void;
}

interface Page {
  messages: unknown[];
  next: string;
}

const PAUSE_MS = { first: 250, longest: 2000 };

/**
 * The long poll of `{baseUrl}/csms/v1/messages`. A page is acknowledged by asking for the next one, which happens after the
 * handler took all of it: what was taken and not acknowledged comes again.
 */
export class HttpMessageReceiver implements MessageReceiver {
  private readonly agent = new Agent({ keepAliveTimeout: 30_000, headersTimeout: 90_000 });
  private readonly closing = new AbortController();
  private after: string | undefined;
  private turn = 0;
  private pauseMs = PAUSE_MS.first;
  private polling: Promise<void> | undefined;

  /** Several base URLs are replicas of one gateway: when one fails the next is asked. */
  constructor(
    private readonly baseUrls: readonly string[],
    private readonly key: string,
    private readonly options: HttpMessageReceiverOptions = {},
  ) {}

  async start(handler: MessageHandler): Promise<void> {
    const first = await this.firstPage();
    this.polling = this.poll(handler, first);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.polling;
    await this.agent.destroy();
  }

  /** @throws when no replica gives one */
  private async firstPage(): Promise<Page | undefined> {
    for (;;) {
      try {
        return await this.ask({ wait: '0', from: this.options.from ?? 'tail' });
      } catch (error) {
        this.turn += 1;
        if (this.turn >= this.baseUrls.length) throw error;
      }
    }
  }

  private async poll(handler: MessageHandler, first: Page | undefined): Promise<void> {
    for (let page = first; !this.isClosing(); page = undefined) {
      try {
        page ??= await this.ask({ wait: String(this.options.waitSeconds ?? 30) });
        this.pauseMs = PAUSE_MS.first;
        if (!page) continue;
        for (const message of page.messages) await handler(readMessage(message));
        this.after = page.next;
      } catch (error) {
        await this.recover(error);
      }
    }
  }

  private async recover(error: unknown): Promise<void> {
    if (this.isClosing()) return;
    // A cursor that the gateway does not know any more: go on behind what was acknowledged last.
    if (error instanceof RefusedPollError && error.httpStatus === 400) this.after = undefined;
    this.turn += 1;
    this.options.onTrouble?.(error);
    await sleep(this.pauseMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
    this.pauseMs = Math.min(this.pauseMs * 2, PAUSE_MS.longest);
  }

  private async ask(query: Record<string, string>): Promise<Page | undefined> {
    const base = this.baseUrls[this.turn % this.baseUrls.length] ?? '';
    const parameters = new URLSearchParams({
      ...query,
      ...(this.after !== undefined && { after: this.after }),
    });
    const answer = await request(`${base}/csms/v1/messages?${parameters.toString()}`, {
      dispatcher: this.agent,
      headers: { authorization: `Bearer ${this.key}` },
      signal: this.closing.signal,
    });
    const text = await answer.body.text();
    if (answer.statusCode === 204) return undefined;
    if (answer.statusCode !== 200) throw new RefusedPollError(answer.statusCode, text);
    return JSON.parse(text) as Page;
  }

  private isClosing(): boolean {
    return this.closing.signal.aborted;
  }
}

/** The gateway gave no messages, and said why. */
export class RefusedPollError extends Error {
  override readonly name = 'RefusedPollError';

  constructor(
    readonly httpStatus: number,
    text: string,
  ) {
    super(`The gateway gave no messages: HTTP ${httpStatus} ${text.slice(0, 500)}`);
  }
}

function readMessage(message: unknown): CloudEvent {
  const parsed = parseStructured(message);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.event;
}
