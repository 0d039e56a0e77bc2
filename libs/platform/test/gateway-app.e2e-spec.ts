import { All, Body, Controller, Module, Req, Res } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import supertest from 'supertest';
import {
  createGatewayApp,
  currentLogFields,
  GracefulShutdown,
  listenOnTwoPorts,
  PlatformModule,
  ReadinessGate,
} from '../src/index.js';

/** What the server has answered in full. */
const answered: string[] = [];

@Controller()
class EchoController {
  @All(['ocpi/echo', 'admin/echo'])
  echo(@Req() request: FastifyRequest, @Body() body: unknown) {
    return {
      received: body === undefined ? 'nothing' : body,
      surface: request.surface,
      declaredContentType: request.declaredContentType,
      fields: currentLogFields(),
      polluted: ({} as Record<string, unknown>)['polluted'] ?? false,
    };
  }

  @All('ocpi/slow')
  async slow(@Res({ passthrough: true }) reply: FastifyReply) {
    reply.raw.once('finish', () => answered.push('slow'));
    await wait(300);
    return { received: 'slow' };
  }
}

@Module({
  imports: [
    PlatformModule.forRoot({
      OCPI_ENVIRONMENT: 'development',
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
      OCPI_MAX_BODY_BYTES: '2048',
      OCPI_LOG_LEVEL: 'silent',
      OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
    }),
  ],
  controllers: [EchoController],
})
class EchoModule {}

const unreadableRequestBody = (status: number) => `{"unreadable":${status}}`;
let app: NestFastifyApplication;
let publicUrl: string;
let internalUrl: string;

beforeEach(async () => {
  app = await createGatewayApp(EchoModule, { unreadableRequestBody });
  const ports = await listenOnTwoPorts(
    app,
    { publicPort: 0, internalPort: 0, bindAddress: '127.0.0.1' },
    { unreadableRequestBody },
  );
  publicUrl = `http://127.0.0.1:${ports.publicPort}`;
  internalUrl = `http://127.0.0.1:${ports.internalPort}`;
});

afterEach(() => app.close());

const put = (body: string | Buffer, contentType?: string) =>
  fetch(`${publicUrl}/ocpi/echo`, {
    method: 'PUT',
    body: new Uint8Array(Buffer.from(body)),
    headers: contentType === undefined ? {} : { 'content-type': contentType },
  });

describe('the gateway application', () => {
  it('serves /ocpi on the public port alone and everything else on the internal port alone', async () => {
    await supertest(publicUrl)
      .get('/ocpi/echo')
      .expect(200)
      .expect(({ body }) => expect(body.surface).toBe('public'));
    await supertest(internalUrl)
      .get('/admin/echo')
      .expect(200)
      .expect(({ body }) => expect(body.surface).toBe('internal'));
    await supertest(internalUrl).get('/ocpi/echo').expect(404);
    for (const path of ['/admin/echo', '/health/live', '/metrics', '/%61dmin/echo', '/']) {
      await supertest(publicUrl).get(path).expect(404);
    }
  });

  it('TRN-17 (partial: transport): accepts DELETE without a body, with and without a content type', async () => {
    const labelled = supertest(publicUrl)
      .delete('/ocpi/echo')
      .set('Content-Type', 'application/json');
    expect((await labelled.expect(200)).body.received).toBe('nothing');
    expect((await supertest(publicUrl).delete('/ocpi/echo').expect(200)).body.received).toBe(
      'nothing',
    );
  });

  it.each([
    'text/plain',
    'application/vnd.x+json',
    'application/json; charset=utf-8',
    'nonsense',
    ';',
    undefined,
  ])('TRN-70 (partial: transport): reads sound JSON labelled %s', async (contentType) => {
    const answer = await put('{"uid":"012345678"}', contentType);

    expect(answer.status).toBe(200);
    const body = (await answer.json()) as Record<string, unknown>;
    expect(body.received).toEqual({ uid: '012345678' });
    expect(body.declaredContentType).toBe(contentType);
  });

  it.each([
    ['broken', '{"a":'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['too deep', '['.repeat(1000) + ']'.repeat(1000)],
  ])('answers 400 to JSON that is %s', async (_, body) => {
    expect((await put(body, 'application/json')).status).toBe(400);
  });

  it('answers 413 to a body above the limit, sized or chunked', async () => {
    const body = JSON.stringify('x'.repeat(3000));

    expect((await put(body, 'application/json')).status).toBe(413);
    const chunked = await fetch(`${publicUrl}/ocpi/echo`, {
      method: 'POST',
      body: new Blob([body]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
  });

  it('TRN-65 (partial: transport): treats a path with a trailing slash alike, without a redirect', async () => {
    await supertest(publicUrl).get('/ocpi/echo/').redirects(0).expect(200);
  });

  it('TRN-50 (partial: transport): accepts keys named after prototypes and pollutes nothing', async () => {
    const answer = await put(
      '{"uid":"1","__proto__":{"polluted":true},"deep":[{"constructor":{"prototype":{"polluted":true}}}],"\\u005f_proto__":1}',
      'application/json',
    );

    expect(answer.status).toBe(200);
    const body = (await answer.json()) as Record<string, unknown>;
    expect(body.received).toEqual({ uid: '1', deep: [{}] });
    expect(body.polluted).toBe(false);
  });

  it('TRN-63 (partial: ids of the request): takes sound ids, replaces others, and logs with them after the body is read', async () => {
    const post = (requestId: string) =>
      supertest(publicUrl).post('/ocpi/echo').set('X-Request-ID', requestId).send({ a: 1 });

    const sound = (await post('req-1').set('X-Correlation-ID', 'cor-1')).body.fields;
    const long = (await post('x'.repeat(10_000))).body.fields;

    expect(sound).toEqual({ requestId: 'req-1', correlationId: 'cor-1' });
    expect(long.requestId).toHaveLength(36);
  });

  it.each(['public', 'internal'])(
    'answers bytes that are no request on the %s port',
    async (port) => {
      const { port: number } = new URL(port === 'public' ? publicUrl : internalUrl);
      const exchange = (bytes: string) => {
        const socket = connect(Number(number), '127.0.0.1');
        socket.write(bytes);
        return text(socket);
      };

      expect(await exchange('NONSENSE\r\n\r\n')).toMatch(
        /^HTTP\/1\.1 400 [^]*\{"unreadable":400\}$/,
      );
      expect(await exchange(`GET /ocpi/echo HTTP/1.1\r\nA: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 431 [^]*\{"unreadable":431\}$/,
      );
    },
  );

  it('answers malformed URLs with 400 and never with 5xx', async () => {
    await supertest(publicUrl).get('/ocpi/%zz').expect(400);
    await supertest(publicUrl)
      .get(`/ocpi/${'x'.repeat(2000)}`)
      .expect(404);
  });

  it('shows requests by route in the metrics', async () => {
    await supertest(publicUrl).get('/ocpi/echo');

    const { text: metrics } = await supertest(internalUrl).get('/metrics').expect(200);

    expect(metrics).toContain('route="/ocpi/echo",method="GET",status="200"');
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
    expect(metrics).toContain('# TYPE ocpi_push_attempts_total counter');
  });

  it('is ready while every check passes, shows the allow-list, and stays alive when one fails', async () => {
    const gate = app.get(ReadinessGate);
    let broken = true;
    gate.register('database', () =>
      broken ? Promise.reject(new Error('connection refused')) : Promise.resolve({ note: 'here' }),
    );
    const probe = (name: string) => supertest(internalUrl).get(`/health/${name}`);

    const notReady = await probe('ready').expect(503);
    expect(notReady.body.error.database).toEqual({ status: 'down', reason: 'connection refused' });
    await probe('startup').expect(503);
    await probe('live').expect(200);
    broken = false;
    const ready = await probe('ready').expect(200);
    expect(ready.body.details.partnerUrlAllowlist.entries).toEqual(['127.0.0.1']);
    broken = true;
    await probe('startup').expect(200);
    gate.drain();
    broken = false;
    await probe('ready').expect(503);
  });

  describe('closing', () => {
    const closed = (socket: Socket) =>
      new Promise<void>((resolve) => void socket.once('close', resolve));
    /** A connection that never asked, and one that is kept alive after its answer. */
    const idlers = async (url: string) => {
      const { port, host } = new URL(url);
      const unused = connect(Number(port), '127.0.0.1');
      await once(unused, 'connect');
      const idle = connect(Number(port), '127.0.0.1');
      idle.write(`GET /health/live HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      await once(idle, 'data');
      return [unused, idle].map((socket) => closed(socket.resume()));
    };

    it.each<[string, () => Promise<void>]>([
      ['of the application', () => app.close()],
      ['by a signal', () => app.get(GracefulShutdown).run(() => app.close())],
    ])(
      'P11 (partial: connections): closing %s ends connections that ask nothing at once and answers the others first',
      async (_, close) => {
        const ended = [...(await idlers(publicUrl)), ...(await idlers(internalUrl))];
        const inFlight = fetch(`${publicUrl}/ocpi/slow`).then(({ status }) => status);
        await wait(100);
        await close();
        expect(await inFlight).toBe(200);
        await Promise.all(ended);
      },
    );
  });

  it('P11 (partial: requests in flight): answers what is in flight at shutdown, then runs hooks in order', async () => {
    const shutdown = app.get(GracefulShutdown);
    const order: string[] = [];
    shutdown.onDrain('failing', () => Promise.reject(new Error('cannot')));
    answered.length = 0;
    shutdown.onDrain('first', async () => void order.push(...answered, 'first'));
    shutdown.onDrain('second', async () => void order.push('second'));
    const inFlight = fetch(`${publicUrl}/ocpi/slow`).then(({ status }) => status);
    await wait(100);

    await shutdown.run(async () => {
      order.push('closed');
      await app.close();
    });

    expect(await inFlight).toBe(200);
    expect(order).toEqual(['slow', 'first', 'second', 'closed']);
    await expect(fetch(`${publicUrl}/ocpi/echo`)).rejects.toThrow();
    await expect(fetch(`${internalUrl}/health/live`)).rejects.toThrow();
  });
});
