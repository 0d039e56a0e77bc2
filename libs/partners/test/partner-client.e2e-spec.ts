import { type LookupAddress } from 'node:dns';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { HOSTILE_URLS } from '../../../test/harness/hostile-urls.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { type HostLookup, outcomeOf, PartnerClient } from '../src/http/index.js';

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const envelope = (statusCode: number, rest: object = {}) =>
  JSON.stringify({ status_code: statusCode, timestamp: '2026-01-01T00:00:00Z', ...rest });

describe('the client towards partners', () => {
  let server: http.Server;
  let handler: Handler;
  let connections: number;
  let url: string;
  let port: number;
  const clients: PartnerClient[] = [];

  beforeAll(async () => {
    server = http.createServer((request, response) => handler(request, response));
    server.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    url = `http://127.0.0.1:${port}`;
  });
  beforeEach(() => {
    connections = 0;
    handler = (_request, response) => response.end(envelope(1000));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function clientWith(
    options: Partial<ConstructorParameters<typeof PartnerClient>[0]> = {},
  ): PartnerClient {
    const client = new PartnerClient({ allowlist: ['127.0.0.1'], ...options });
    clients.push(client);
    return client;
  }
  const get = (target: string) =>
    ({ connectionId: 'p', method: 'GET', url: target, timeoutMs: 60_000 }) as const;
  const resolvingTo =
    (...addresses: string[]): HostLookup =>
    (_host, callback) =>
      callback(
        null,
        addresses.map((address): LookupAddress => ({ address, family: net.isIP(address) })),
      );

  it.each(HOSTILE_URLS)(
    'TRN-03 (partial: all but response_url, which comes with commands): never dials %s',
    async (text) => {
      const client = clientWith({ allowlist: [] });
      const answer = await client.request(get(text.replace('PORT', String(port))));
      expect(answer).toMatchObject({ kind: 'failed', reason: 'address-refused' });
      expect(await client.vetUrl(text.replace('PORT', String(port)))).toMatchObject({
        reason: expect.any(String),
      });
      expect(connections).toBe(0);
    },
  );

  it.each([
    ['loopback', ['127.0.0.1']],
    ['one bad address among good ones', ['93.184.216.34', '10.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['loopback inside IPv6', ['::ffff:127.0.0.1']],
    ['metadata in the oldest form inside IPv6', ['::a9fe:a9fe']],
    ['what is not global unicast', ['4000::1']],
  ])(
    'TRN-03 (partial: all but response_url, which comes with commands): a name that resolves to %s is not dialled',
    async (_, addresses) => {
      const client = clientWith({ allowlist: [], lookup: resolvingTo(...addresses) });
      const answer = await client.request(get(`https://partner.example:${port}/`));
      expect(answer).toMatchObject({ kind: 'failed', reason: 'address-refused' });
      expect(connections).toBe(0);
    },
  );

  it('P13: why a name is refused is one sentence, whatever it resolves to; what DNS said is the cause', async () => {
    const inner = clientWith({ allowlist: [], lookup: resolvingTo('10.0.0.5') });
    const nowhere = clientWith({
      allowlist: [],
      lookup: (_host, callback) => callback(new Error('ENOTFOUND'), []),
    });
    const empty = clientWith({ allowlist: [], lookup: resolvingTo() });
    const refusals = await Promise.all(
      [inner, nowhere, empty].map((client) => client.vetUrl('https://db.internal.example/')),
    );
    expect(new Set(refusals.map((refusal) => refusal?.reason)).size).toBe(1);
    expect(refusals[0]?.reason).not.toMatch(/10\.0|public|resolve/);
    expect(refusals.map((refusal) => String(refusal?.cause))).toEqual([
      expect.stringContaining('10.0.0.5'),
      expect.stringContaining('ENOTFOUND'),
      expect.stringContaining('no address'),
    ]);
  });

  it('TRN-03 (partial: all but response_url, which comes with commands): a name that was vetted and then points inside is not dialled', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    const client = clientWith({
      allowlist: [],
      lookup: (host, callback) =>
        resolvingTo(...(answers.shift() ?? ['127.0.0.1']))(host, callback),
    });
    expect(await client.vetUrl(`https://partner.example:${port}/`)).toBeUndefined();
    const answer = await client.request(get(`https://partner.example:${port}/`));
    expect(answer).toMatchObject({ kind: 'failed', reason: 'address-refused' });
    expect(connections).toBe(0);
  });

  it.each([['127.0.0.0/8'], ['127.0.0.1'], ['HOST_AND_PORT']])(
    'an allow-list entry %s opens what it names, and nothing else',
    async (entry) => {
      const client = clientWith({
        allowlist: [entry.replace('HOST_AND_PORT', `127.0.0.1:${port}`)],
      });
      expect(await client.request(get(url))).toMatchObject({ kind: 'answered', ocpiStatus: 1000 });
      expect(await client.vetUrl('https://10.0.0.1/')).toBeDefined();
      expect(await client.vetUrl('http://93.184.216.34/')).toBeDefined();
    },
  );

  it('TRN-03 (partial: all but response_url, which comes with commands): a redirect is an answer, never followed', async () => {
    const paths: (string | undefined)[] = [];
    handler = (request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: `${url}/elsewhere` }).end();
    };
    const answer = await clientWith().request(get(`${url}/here`));
    expect(answer).toMatchObject({ kind: 'answered', httpStatus: 307 });
    expect(outcomeOf(answer).kind).toBe('unavailable');
    expect(paths).toEqual(['/here']);
  });

  it('a slow, an endless and a cut answer end in a failure of their own kind', async () => {
    const client = clientWith({ maxResponseBytes: 1000 });
    const hasty = { ...get(url), timeoutMs: 100 };
    handler = () => undefined;
    expect(await client.request(hasty)).toMatchObject({ kind: 'failed', reason: 'timeout' });
    handler = (_request, response) => response.write('{"status_code":');
    expect(await client.request(hasty)).toMatchObject({ kind: 'failed', reason: 'timeout' });
    handler = (_request, response) => response.end('x'.repeat(2000));
    expect(await client.request(get(url))).toMatchObject({ kind: 'failed', reason: 'too-large' });
    handler = (request) => request.socket.destroy();
    expect(await client.request(get(url))).toMatchObject({ kind: 'failed', reason: 'network' });
    const given = AbortSignal.abort();
    const aborted = await client.request({ ...get(url), signal: given });
    expect(aborted).toMatchObject({ kind: 'failed', reason: 'aborted' });
  });

  it('an answer that is compressed is not unpacked: nobody asked for it, and it may hold anything', async () => {
    const bomb = gzipSync(envelope(1000, { data: 'x'.repeat(50_000_000) }));
    let asked: string | string[] | undefined;
    handler = (request, response) => {
      asked = request.headers['accept-encoding'];
      response.setHeader('content-encoding', 'gzip').end(bomb);
    };
    const answer = await clientWith().request(get(url));
    expect(asked).toBeUndefined();
    expect(answer).toMatchObject({ kind: 'answered', ocpiStatus: undefined, data: undefined });
    expect((answer as { text: string }).text.length).toBeLessThan(bomb.length + 1);
    expect(outcomeOf(answer).kind).toBe('unavailable');
  });

  it('an answer that never ends is cut at its largest, in chunks too', async () => {
    let sent = 0;
    let wasCut = false;
    handler = (_request, response) => {
      const chunk = 'x'.repeat(65_536);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        if (!response.destroyed) response.once('drain', more);
      };
      response.once('close', () => (wasCut = true));
      more();
    };
    const answer = await clientWith().request(get(url));
    expect(answer).toMatchObject({ kind: 'failed', reason: 'too-large' });
    await eventually(() => wasCut);
    expect(sent).toBeLessThan(30 * 1024 * 1024);
  });

  it('an answer that nests too deep is one that cannot be read', async () => {
    for (const depth of [200, 2_000_000]) {
      const data = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      handler = (_request, response) =>
        response.end(`{"status_code":1000,"timestamp":"2026-01-01T00:00:00Z","data":${data}}`);
      const answer = await clientWith().request(get(url));
      expect(answer).toMatchObject({ kind: 'answered', ocpiStatus: undefined, data: undefined });
    }
  });

  it('headers of an answer that are too large are a failure', async () => {
    handler = (_request, response) => {
      response.setHeader('x-padding', 'x'.repeat(200_000)).end(envelope(1000));
    };
    expect(await clientWith().request(get(url))).toMatchObject({ kind: 'failed' });
  });

  it('TRN-06, TRN-07, TRN-71 (partial: answers), TRN-73 (partial: one client for all): token and header names', async () => {
    const seen: (string | undefined)[] = [];
    handler = (request, response) => {
      seen.push(request.headers.authorization);
      response.setHeader('LINK', '<x>; rel="next"').end(envelope(1000, { data: [1] }));
    };
    const client = clientWith();
    const request = { ...get(url), token: 'example-token' };
    const answer = await client.request({ ...request, version: '2.2.1' });
    await client.request({ ...request, version: '2.1.1' });
    await client.request({ ...request, version: '2.1.1', encoding: 'base64' });
    await client.request({ ...request, version: '2.3.0', encoding: 'plain' });
    const encoded = 'Token ZXhhbXBsZS10b2tlbg==';
    expect(seen).toEqual([encoded, 'Token example-token', encoded, 'Token example-token']);
    expect(answer).toMatchObject({ headers: { link: '<x>; rel="next"' }, data: [1] });
  });

  it('P15: the token that was shown is not in what is told of the answer, and data is as it came', async () => {
    const token = 'outbound-token-0123456789';
    const base64 = Buffer.from(token).toString('base64');
    handler = (_request, response) =>
      response.end(
        envelope(1000, { status_message: `token ${token} (${base64}) kept`, data: { token } }),
      );
    const answer = await clientWith().request({ ...get(url), token, version: '2.2.1' });
    expect(answer).toMatchObject({
      statusMessage: 'token *** (***) kept',
      data: { token },
      text: expect.stringContaining('"data":{"token":"***"}'),
    });
    handler = (_request, response) => response.writeHead(401).end(`token ${base64} unknown`);
    expect(await clientWith().request({ ...get(url), token })).toMatchObject({
      text: 'token *** unknown',
    });
  });

  it.each<[number, string, string, object?]>([
    [200, envelope(1000), 'delivered'],
    [201, envelope(1000, { data: 'ok' }), 'delivered'],
    [200, envelope(1901, { data: null }), 'delivered'],
    [204, '', 'delivered'],
    [200, '', 'delivered'],
    [200, envelope(2001, { data: { hint: 1 } }), 'rejected'],
    [200, envelope(2999), 'rejected'],
    [200, envelope(3999), 'unavailable'],
    [200, envelope(4002), 'unavailable'],
    [200, '<html>', 'unavailable'],
    [400, envelope(2000), 'rejected'],
    [404, '', 'rejected'],
    [405, '', 'rejected'],
    [401, '', 'unauthorized'],
    [403, envelope(1000), 'unauthorized'],
    [408, '', 'unavailable'],
    [413, envelope(2000), 'unavailable'],
    [429, '', 'unavailable'],
    [500, envelope(3000), 'unavailable'],
    [503, envelope(1000), 'unavailable'],
  ])(
    'STA-03, STA-06, STA-08, STA-09, STA-19, TRN-49 (partial: one answer): HTTP %s %s is %s',
    async (status, text, kind) => {
      handler = (_request, response) => response.writeHead(status).end(text);
      const answer = await clientWith().request(get(url));
      expect(outcomeOf(answer).kind).toBe(kind);
      if (answer.kind === 'answered' && kind !== 'delivered' && status === 200) {
        expect(answer.data).toBeUndefined();
      }
    },
  );

  it('Retry-After is read in seconds and as a date', async () => {
    const client = clientWith();
    handler = (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end();
    expect(outcomeOf(await client.request(get(url)))).toMatchObject({ retryAfterMs: 7000 });
    const date = new Date(Date.now() + 60_000).toUTCString();
    handler = (_request, response) => response.writeHead(429, { 'retry-after': date }).end();
    const outcome = outcomeOf(await client.request(get(url)));
    expect((outcome as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000);
  });
});
