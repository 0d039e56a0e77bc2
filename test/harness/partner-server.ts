import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RecordedRequest {
  method: string;
  /** Path and query as they came. */
  path: string;
  headers: http.IncomingHttpHeaders;
  /** Parsed JSON; undefined without a body. */
  body: ReturnType<typeof JSON.parse>;
  at: number;
}

export interface ScriptedAnswer {
  status?: number;
  /** OCPI status code; default 1000. */
  ocpi?: number;
  message?: string;
  data?: unknown;
  /** Instead of an envelope. */
  text?: string;
  headers?: Record<string, string>;
  delayMs?: number;
  /** Cut the connection instead of answering. */
  drop?: boolean;
  /** Accept and never answer. */
  hang?: boolean;
}

export type Script = (
  request: RecordedRequest,
) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>;

/** A partner's server on a loopback port: records every request and answers 1000, or what its script says. */
export class PartnerServer {
  readonly requests: RecordedRequest[] = [];
  /** Complaints of its own checks: two requests at once about one object, a last_updated that goes back. */
  readonly complaints: string[] = [];
  script: Script | undefined;
  private readonly open = new Set<string>();
  private readonly newest = new Map<string, string>();
  private readonly listeners = new Set<() => void>();

  private constructor(private readonly server: http.Server) {}

  static async start(): Promise<PartnerServer> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const partner = new PartnerServer(server);
    server.on('request', (request, response) => void partner.serve(request, response));
    return partner;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Requests about pushed objects: what is not a GET. */
  get pushes(): RecordedRequest[] {
    return this.requests.filter(({ method }) => method !== 'GET');
  }

  /** `PATCH /locations/NL/AAA/LOC1/3256`, in the order of arrival. */
  get lines(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  clear(): void {
    this.requests.length = 0;
  }

  /** Resolves when `check` holds; looked at after every request. The limit is one against hanging. */
  async until(check: () => boolean, timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!check()) {
      if (Date.now() > deadline) {
        throw new Error(`not within ${timeoutMs} ms; so far: ${this.lines.slice(-20).join(', ')}`);
      }
      await Promise.race([
        sleep(50),
        new Promise<void>((resolve) => {
          const wake = (): void => {
            this.listeners.delete(wake);
            resolve();
          };
          this.listeners.add(wake);
        }),
      ]);
    }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(message: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const request: RecordedRequest = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: text === '' ? undefined : JSON.parse(text),
      at: performance.now(),
    };
    this.requests.push(request);
    this.begin(request);
    try {
      const answer = (await this.script?.(request)) ?? {};
      if (answer.delayMs !== undefined) await sleep(answer.delayMs);
      if (answer.hang === true) return;
      if (answer.drop === true) {
        message.socket.destroy();
        return;
      }
      const envelope = JSON.stringify({
        ...(answer.data === undefined ? {} : { data: answer.data }),
        status_code: answer.ocpi ?? 1000,
        ...(answer.message === undefined ? {} : { status_message: answer.message }),
        timestamp: new Date().toISOString(),
      });
      response.writeHead(answer.status ?? 200, {
        'content-type': 'application/json',
        ...answer.headers,
      });
      response.end(answer.text ?? envelope);
    } finally {
      this.open.delete(request.path);
      for (const wake of this.listeners) wake();
    }
  }

  /** P3 as the receiver sees it: one request in flight per object, and `last_updated` never goes back. */
  private begin({ method, path, body }: RecordedRequest): void {
    if (method !== 'PUT' && method !== 'PATCH') return;
    if (this.open.has(path)) this.complaints.push(`two requests at once: ${path}`);
    this.open.add(path);
    const stamp: unknown = body?.last_updated;
    if (typeof stamp !== 'string') return;
    const before = this.newest.get(path);
    if (before !== undefined && Date.parse(stamp) < Date.parse(before)) {
      this.complaints.push(`${path}: ${stamp} after ${before}`);
    }
    this.newest.set(path, stamp);
  }
}
