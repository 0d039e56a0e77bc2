import { type IncomingHttpHeaders } from 'node:http';
import { type Dispatcher } from 'undici';

export interface TextAnswer {
  status: number;
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  text: string;
}

/** No answer was complete in time. */
export class DeadlineError extends Error {}

export interface Patience {
  /** For the whole exchange: connecting, sending, and reading the last byte. */
  timeoutMs: number;
  /** Gives up as soon as it is aborted. */
  signal?: AbortSignal | undefined;
}

/**
 * One request and the whole text of its answer. Works on undici's handler itself: a push sends thousands of small
 * requests a second, and a stream, an abort signal and their listeners for each of them cost as much as the rest.
 * @throws DeadlineError; what undici says; the reason of the signal.
 */
export function exchangeText(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  patience: Patience,
): Promise<TextAnswer> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(patience, resolve, reject);
    try {
      dispatcher.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, reader);
    } catch (error) {
      reader.giveUp(error);
    }
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private readonly signal: AbortSignal | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private isSettled = false;
  private reason: unknown;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly chunks: Buffer[] = [];

  constructor(
    { timeoutMs, signal }: Patience,
    private readonly resolve: (answer: TextAnswer) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.timer = setTimeout(() => this.giveUp(new DeadlineError()), timeoutMs);
    this.signal = signal;
    signal?.addEventListener('abort', this.onAbort, { once: true });
    if (signal?.aborted === true) this.onAbort();
  }

  private readonly onAbort = (): void => this.giveUp(this.signal?.reason);

  giveUp(reason: unknown): void {
    if (this.isSettled) return;
    this.reason = reason;
    this.settle();
    this.reject(reason);
    this.controller?.abort(reason as Error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // What waited for a connection while time ran out, or is tried anew by undici.
    if (this.isSettled) controller.abort(this.reason as Error);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.status = statusCode;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.isSettled) return;
    this.settle();
    const [first] = this.chunks;
    const bytes = this.chunks.length > 1 ? Buffer.concat(this.chunks) : first;
    const text = bytes === undefined ? '' : withoutMark(bytes.toString('utf8'));
    this.resolve({ status: this.status, headers: this.headers, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.giveUp(error);
  }

  private settle(): void {
    this.isSettled = true;
    clearTimeout(this.timer);
    this.signal?.removeEventListener('abort', this.onAbort);
  }
}

/** Some servers put a byte order mark before their JSON. */
const withoutMark = (text: string): string =>
  text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
