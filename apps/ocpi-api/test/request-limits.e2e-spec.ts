import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ApiHarness, expectEnvelope, wireToken } from '../../../test/harness/api-harness.js';

const HEADERS_TIMEOUT_MS = 500;
const REQUEST_TIMEOUT_MS = 1500;
/** Overdue connections are looked for once a second. */
const PATIENCE_MS = 20_000;

/** What a socket gets until it is closed, and after how long. */
async function conversation(
  port: string,
  talk: (socket: Socket) => Promise<void> | void,
): Promise<{
  text: string;
  status: number;
  json: () => ReturnType<typeof JSON.parse>;
  ms: number;
}> {
  const begun = performance.now();
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  const talking = talk(socket);
  await Promise.race([closed, sleep(PATIENCE_MS, undefined, { ref: false })]);
  socket.destroy();
  await talking;
  return {
    text,
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0),
    json: () => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)),
    ms: performance.now() - begun,
  };
}

describe('what one caller may send to the public port', () => {
  let api: ApiHarness;
  let port: string;
  let token: string;
  let authorization: string;

  beforeAll(async () => {
    api = await ApiHarness.start({
      OCPI_MAX_BODY_BYTES: '20000',
      OCPI_MAX_URL_BYTES: '2000',
      OCPI_HEADERS_TIMEOUT_MS: String(HEADERS_TIMEOUT_MS),
      OCPI_REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    });
    await api.host('NL*AAA');
    ({ port } = new URL(api.base));
    token = await api.register('emsp', '2.2.1');
    authorization = `Token ${Buffer.from(token).toString('base64')}`;
  });
  afterAll(() => api.stop());

  const url = '/ocpi/2.2.1/tokens/NL/TNM/X1';
  const head = (method: string, target: string, ...headers: string[]) =>
    [
      `${method} ${target} HTTP/1.1`,
      'Host: x',
      `Authorization: ${authorization}`,
      ...headers,
      '',
      '',
    ].join('\r\n');

  it('a URL that is too long is 414 in an envelope, one at the limit is not', async () => {
    const of = (length: number) => `/ocpi/2.2.1/locations?x=`.padEnd(length, 'y');
    expectEnvelope(await api.call(of(2001), { token }), 414, 2000);
    expectEnvelope(await api.call(of(2000), { token }), 200, 1000);
    expect((await fetch(`${api.internalBase}/health/live?x=${'y'.repeat(3000)}`)).status).toBe(414);
  });

  it('headers that are too large are 431 in an envelope', async () => {
    const { status, json } = await conversation(port, (socket) => {
      socket.write(head('GET', url, `X-Padding: ${'x'.repeat(40_000)}`));
    });
    expect(status).toBe(431);
    expect(json().status_code).toBe(2000);
  });

  it.each([
    ['a body that announces its length', (size: number) => `Content-Length: ${size}`],
    ['a body in chunks, which announces none', () => 'Transfer-Encoding: chunked'],
  ])(
    '%s and is too large is 413 in an envelope, before it is read to its end',
    async (_, header) => {
      const size = 50_000_000;
      const { status, json } = await conversation(port, async (socket) => {
        socket.write(head('PUT', url, 'Content-Type: application/json', header(size)));
        const chunk = 'x'.repeat(65_536);
        for (let sent = 0; sent < size && socket.writable; sent += chunk.length) {
          const text = header(0).startsWith('Transfer') ? `10000\r\n${chunk}\r\n` : chunk;
          if (!socket.write(text))
            await Promise.race([
              new Promise((r) => socket.once('drain', r)),
              new Promise((r) => socket.once('close', r)),
            ]);
        }
      });
      expect(status).toBe(413);
      expect(json().status_code).toBe(2000);
    },
  );

  it('a compressed body is not unpacked: what is no JSON as it stands is 400', async () => {
    const body = wireToken('2.2.1', 'X1', { issuer: 'x'.repeat(10_000_000) });
    const bomb = gzipSync(JSON.stringify(body));
    expect(bomb.length).toBeLessThan(20_000);
    const { status } = await conversation(port, (socket) => {
      socket.write(
        head(
          'PUT',
          url,
          'Content-Encoding: gzip',
          `Content-Length: ${bomb.length}`,
          'Connection: close',
        ),
      );
      socket.write(bomb);
    });
    expect(status).toBe(400);
  });

  it('headers that come drop by drop end in 408', async () => {
    const { status, json, ms } = await conversation(port, async (socket) => {
      socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\n`);
      for (let i = 0; socket.writable && i < 200; i += 1) {
        socket.write(`X-${i}: y\r\n`);
        await sleep(100);
      }
    });
    expect(status).toBe(408);
    expect(json().status_code).toBe(2000);
    expect(ms).toBeLessThan(PATIENCE_MS);
  });

  it('a body that comes drop by drop ends in 408', async () => {
    const { status, ms } = await conversation(port, async (socket) => {
      socket.write(head('PUT', url, 'Content-Length: 1000'));
      for (let i = 0; socket.writable && i < 200; i += 1) {
        socket.write(' ');
        await sleep(100);
      }
    });
    expect(status).toBe(408);
    expect(ms).toBeLessThan(PATIENCE_MS);
  });

  it('a connection that never says a word is closed', async () => {
    const { ms } = await conversation(port, () => undefined);
    expect(ms).toBeLessThan(PATIENCE_MS);
  });

  it('many slow callers keep no other from its answer', async () => {
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect({ port: Number(port), host: '127.0.0.1' });
      socket.on('error', () => undefined).resume();
      socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\n`);
      return socket;
    });
    try {
      expectEnvelope(await api.call('/ocpi/versions', { token }), 200, 1000);
      await Promise.race([
        Promise.all(
          sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))),
        ),
        sleep(PATIENCE_MS, undefined, { ref: false }),
      ]);
      expect(sockets.filter(({ closed }) => !closed)).toHaveLength(0);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});
