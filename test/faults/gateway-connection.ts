import { type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/** A request of the gateway, whole. */
export class GatewayRequest {
  /** Called once: when it was answered, or its connection ended before. */
  onEnd: () => void = () => undefined;

  constructor(
    private readonly socket: Socket,
    readonly method: string,
    readonly url: string,
    readonly authorization: string | undefined,
    readonly text: string,
  ) {}

  /** Whether nobody waits for the answer any more. */
  get isGone(): boolean {
    return this.socket.destroyed;
  }

  /** `headers` end with a line break each. */
  answer(status: number, body: string, headers = ''): void {
    if (this.isGone) return;
    const length = Buffer.byteLength(body);
    this.socket.write(
      `HTTP/1.1 ${status} \r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${headers}\r\n${body}`,
    );
    this.end();
  }

  /** Cuts the connection. */
  drop(): void {
    this.socket.destroy();
  }

  end(): void {
    const { onEnd } = this;
    this.onEnd = () => undefined;
    onEnd();
  }
}

/**
 * Reads what the gateway sends over one connection: a request at a time, with Content-Length, as it writes them. A trial answers thousands a
 * second beside what it measures, and node:http takes several times as long.
 */
export function readRequests(socket: Socket, onRequest: (request: GatewayRequest) => void): void {
  let unread: Buffer | undefined;
  let last: GatewayRequest | undefined;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => last?.end());
  socket.on('data', (chunk: Buffer) => {
    const bytes = unread ? Buffer.concat([unread, chunk]) : chunk;
    unread = bytes;
    const headLength = bytes.indexOf(HEAD_END);
    if (headLength === -1) return;
    const head = bytes.toString('latin1', 0, headLength);
    const bodyAt = headLength + HEAD_END.length;
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (bytes.length < bodyAt + length) return;
    unread = undefined;
    const [method = '', url = '/'] = head.slice(0, head.indexOf('\r\n')).split(' ');
    const authorization = /^authorization: *(.+)$/im.exec(head)?.[1];
    last = new GatewayRequest(socket, method, url, authorization, bytes.toString('utf8', bodyAt));
    onRequest(last);
  });
}
