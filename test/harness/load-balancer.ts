import net from 'node:net';

/** What stands before several replicas: one address, connections by turns, the next replica at once where one refuses. */
export class LoadBalancer {
  /** Base URLs of the replicas. */
  upstreams: readonly string[] = [];
  private readonly sockets = new Set<net.Socket>();
  private turn = 0;

  private constructor(private readonly server: net.Server) {
    server.on('connection', (client) => {
      this.keep(client);
      client.pause();
      this.connect(client, this.turn++, this.upstreams.length);
    });
  }

  static async start(): Promise<LoadBalancer> {
    const server = net.createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new LoadBalancer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as net.AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private connect(client: net.Socket, turn: number, attemptsLeft: number): void {
    const target = this.upstreams[turn % this.upstreams.length];
    if (target === undefined || attemptsLeft === 0) {
      client.resetAndDestroy();
      return;
    }
    const { hostname, port } = new URL(target);
    const upstream = net.connect({ host: hostname, port: Number(port), noDelay: true });
    const next = (): void => this.connect(client, turn + 1, attemptsLeft - 1);
    upstream.once('error', next);
    upstream.once('connect', () => {
      upstream.removeListener('error', next);
      this.keep(upstream);
      upstream.pipe(client);
      client.pipe(upstream);
      client.once('close', () => upstream.destroy());
      // What was read before the end is still to be handed over.
      upstream.once('close', (isBroken) => (isBroken ? client.resetAndDestroy() : client.end()));
    });
  }

  private keep(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.sockets.delete(socket));
  }
}
