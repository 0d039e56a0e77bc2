import net from 'node:net';

type Mode = 'forward' | 'black-hole' | 'refuse';

/**
 * A TCP proxy on 127.0.0.1 that misbehaves on request: in front of a database, a broker or a partner it turns into
 * the bad network between them and us. One address for its whole life, whatever it does.
 */
export class TcpChaosProxy {
  readonly port: number;
  private mode: Mode = 'forward';
  private delayMs = 0;
  private readonly pairs = new Set<{ client: net.Socket; upstream: net.Socket }>();

  private constructor(
    private readonly server: net.Server,
    private readonly target: { host: string; port: number },
  ) {
    this.port = (server.address() as net.AddressInfo).port;
    server.on('connection', (client) => this.accept(client));
  }

  static async start(target: { host?: string; port: number }): Promise<TcpChaosProxy> {
    const server = net.createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new TcpChaosProxy(server, { host: '127.0.0.1', ...target });
  }

  get connections(): number {
    return this.pairs.size;
  }

  /** Holds every chunk back by `delayMs` in each direction; 0 ends it. Order is kept. */
  delay(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Ends all connections in the regular way; new ones are served. */
  cut(): void {
    for (const { client, upstream } of this.pairs) {
      client.end();
      upstream.end();
    }
  }

  /** Ends all connections with RST; new ones are served. */
  reset(): void {
    for (const { client, upstream } of this.pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  }

  /** Keeps connections open, takes new ones, and swallows every byte both ways: a half-open network. */
  blackHole(): void {
    this.mode = 'black-hole';
  }

  /** Resets what is open and every new connection at once. */
  refuse(): void {
    this.mode = 'refuse';
    this.reset();
  }

  /** Serves again. Connections that lost bytes are reset, since their streams have a hole. */
  heal(): void {
    if (this.mode === 'black-hole') this.reset();
    this.mode = 'forward';
    this.delayMs = 0;
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(client: net.Socket): void {
    if (this.mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const upstream = net.connect({ ...this.target, allowHalfOpen: true });
    const pair = { client, upstream };
    this.pairs.add(pair);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (chunk) => this.pass(() => to.write(chunk)));
      from.on('end', () => this.pass(() => to.end()));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.pairs.delete(pair);
        if (this.mode !== 'black-hole') this.pass(() => to.destroySoon());
      });
    }
  }

  private pass(action: () => void): void {
    if (this.mode === 'black-hole') return;
    if (this.delayMs === 0) action();
    else setTimeout(action, this.delayMs);
  }
}
