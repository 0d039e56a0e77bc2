import { isTracing, readSettings, startTracing, type Tracing } from '#platform';
import { randomBytes } from 'node:crypto';
import {
  type CommandPartner,
  CommandWorld,
  driver,
} from '../../../../test/harness/command-world.js';
import { type CollectedSpan, TraceCollector } from '../../../../test/harness/trace-collector.js';
import { eventually } from '../../../../test/harness/wait-for.js';
import { wireToken } from '../../../../test/harness/api-harness.js';
import { createClient } from '../outbox/outbox-app.js';
import { CsmsWebhook } from '../outbox/csms-webhook.js';

/** The contexts of somebody else's spans. */
const foreignTrace = (flags = '01') => {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
};

const settings = (collector: string, more: Record<string, string> = {}) =>
  readSettings({
    OCPI_ENVIRONMENT: 'development',
    DATABASE_URL: 'postgres://nobody@nowhere/none',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_SERVICE_NAME: 'gateway',
    ...more,
  });

describe('traces', () => {
  let collector: TraceCollector;
  let tracing: Tracing;
  let world: CommandWorld;
  let partners: CommandPartner[];
  const webhook = new CsmsWebhook();

  beforeAll(async () => {
    collector = await TraceCollector.start();
    tracing = await startTracing(settings(collector.url), 'test');
    world = await CommandWorld.open();
    await webhook.listen();
    const client = {
      app: world.consumer,
      source: world.api.dataSource,
      url: world.consumerUrl,
      close: () => Promise.resolve(),
    };
    const secret = 'secret-of-the-webhook-0123456789';
    await createClient(client, { name: 'hook', webhook: { url: webhook.url, secret } });
    await world.stopConsumers();
    await world.startConsumer();
    partners = Object.values(await world.connectAll());
    await world.site('SITE');
    await Promise.all(partners.map(({ server }) => server.until(() => server.pushes.length > 0)));
  });
  afterAll(async () => {
    await (world as CommandWorld | undefined)?.close();
    await webhook.close();
    await tracing.end();
    await collector.stop();
  });

  const only = (spans: CollectedSpan[], name: string): CollectedSpan => {
    const found = spans.filter((span) => span.name === name);
    expect([name, found.length]).toEqual([name, 1]);
    return found[0]!;
  };
  const childrenOf = (parent: { spanId: string; traceId: string }, name: string) =>
    collector
      .trace(parent.traceId)
      .filter((span) => span.parentId === parent.spanId && span.name === name);
  const tellStatus = (status: string, attributes: Record<string, string>) =>
    world.say(
      'evse.status-changed',
      {
        country_code: 'NL',
        party_id: 'AAA',
        location_id: 'SITE',
        evse_uid: 'SITE-1',
        status,
      },
      undefined,
      attributes,
    );

  it("lead from the CSMS's event through the change log to each partner's answer, and no further", async () => {
    const given = foreignTrace();
    for (const { server } of partners) server.clear();

    await tellStatus('CHARGING', { traceparent: given.traceparent });
    await Promise.all(partners.map(({ server }) => server.until(() => server.pushes.length > 0)));
    await eventually(async () => {
      await tracing.flush();
      return collector.trace(given.traceId).length === 7;
    });

    const [taken] = childrenOf(given, 'process ocpi.evse.status-changed.v1');
    expect(taken).toMatchObject({
      kind: 'consumer',
      service: 'gateway',
      attributes: { 'ocpi.outcome': 'applied', 'messaging.system': 'http' },
    });
    const pushes = childrenOf(taken!, 'push location');
    const ids = partners.map(({ id }) => id).sort();
    expect(pushes.map(({ attributes }) => attributes['ocpi.connection']).sort()).toEqual(ids);
    for (const push of pushes) {
      const [request, ...others] = childrenOf(push, 'PATCH locations');
      expect(others).toEqual([]);
      expect(request).toMatchObject({
        kind: 'client',
        hasFailed: false,
        attributes: {
          'ocpi.connection': push.attributes['ocpi.connection'],
          'ocpi.module': 'locations',
          'http.request.method': 'PATCH',
          'http.response.status_code': 200,
          'ocpi.status_code': 1000,
        },
      });
    }
    for (const { server } of partners) {
      for (const { headers } of server.requests) expect(headers).not.toHaveProperty('traceparent');
    }
  });

  it('go on with the request an event came by when the event names no trace', async () => {
    await tellStatus('BLOCKED', {});
    await tracing.flush();

    const request = collector.spans.filter(({ name }) => name === 'POST /csms/v1/events').at(-1)!;
    expect(request.kind).toBe('server');
    expect(childrenOf(request, 'process ocpi.evse.status-changed.v1')).toHaveLength(1);
  });

  it('show a push that tells several changes in the newest, and link it to the others', async () => {
    const [partner] = partners;
    await tellStatus('INOPERATIVE', {});
    await partner!.server.until((): boolean =>
      partner!.server.pushes.some(({ body }) => body.status === 'INOPERATIVE'),
    );
    const pause = async (paused: boolean) => {
      await world.query('UPDATE connection SET paused = $1 WHERE id = $2', [paused, partner!.id]);
      await world.query(`SELECT pg_notify('ocpi_connection', $1)`, [partner!.id]);
    };
    await pause(true);
    await eventually(
      async () =>
        (
          await world.query('SELECT 1 FROM feed WHERE connection_id = $1 AND owner IS NULL', [
            partner!.id,
          ])
        ).length === 1,
    );
    partner!.server.clear();
    const [first, second] = [foreignTrace(), foreignTrace()];

    await tellStatus('CHARGING', { traceparent: first.traceparent });
    await tellStatus('AVAILABLE', { traceparent: second.traceparent });
    await pause(false);
    await partner!.server.until(() => partner!.server.pushes.length > 0);
    const push = await eventually(async () => {
      await tracing.flush();
      const found = collector
        .trace(second.traceId)
        .filter(
          ({ name, attributes }) =>
            name === 'push location' && attributes['ocpi.connection'] === partner!.id,
        );
      expect(found).toHaveLength(1);
      return found[0]!;
    });

    expect(push.links.map(({ traceId }) => traceId)).toEqual([first.traceId]);
  });

  it('show a request that a partner refuses as failed', async () => {
    const [partner] = partners;
    const given = foreignTrace();
    partner!.server.script = ({ method }) =>
      method === 'GET' ? undefined : { ocpi: 2001, message: 'no' };

    await tellStatus('OUTOFORDER', { traceparent: given.traceparent });
    await eventually(async () => {
      await tracing.flush();
      const requests = collector
        .trace(given.traceId)
        .filter(({ attributes }) => attributes['ocpi.connection'] === partner!.id);
      expect(requests.some(({ kind, hasFailed }) => kind === 'client' && hasFailed)).toBe(true);
      expect(requests.find(({ name }) => name === 'push location')).toMatchObject({
        hasFailed: true,
        attributes: { 'ocpi.outcome': 'rejected' },
      });
    });
    partner!.server.script = undefined;
  });

  it('keep to what the CSMS decided: an event that it does not record is recorded nowhere', async () => {
    const given = foreignTrace('00');
    const [last] = partners.slice(-1);
    last!.server.clear();

    await tellStatus('INOPERATIVE', { traceparent: given.traceparent });
    await last!.server.until(() => last!.server.pushes.length > 0);
    await tracing.flush();

    expect(collector.trace(given.traceId)).toEqual([]);
  });

  it("lead from a partner's command to the CSMS, and its result to the partner, in a trace of our own", async () => {
    const partner = partners.find(({ version }) => version === '2.2.1')!;
    const theirs = foreignTrace();

    const { json, responsePath } = await world.command(
      partner,
      'START_SESSION',
      { token: driver('2.2.1'), location_id: 'SITE', evse_uid: 'SITE-1' },
      { traceparent: theirs.traceparent },
    );
    expect(json.data.result).toBe('ACCEPTED');
    await eventually(() => webhook.calls.some(({ body }) => body.includes('start-session')));
    const call = webhook.calls.find(({ body }) => body.includes('start-session'))!;
    const [message] = JSON.parse(call.body) as { traceparent: string }[];
    await world.finish((await world.newRequests()).at(-1)!, { status: 'Accepted' });
    expect(await world.told(partner, responsePath)).toEqual([{ result: 'ACCEPTED' }]);
    const request = await eventually(async () => {
      await tracing.flush();
      const found = collector.spans.filter(
        ({ name, kind }) => name === 'POST /ocpi/:version/commands/:command' && kind === 'server',
      );
      expect(childrenOf(found.at(-1)!, 'callback')).toHaveLength(1);
      return found.at(-1)!;
    });

    expect(collector.trace(theirs.traceId)).toEqual([]);
    expect(request.links).toEqual([{ traceId: theirs.traceId, spanId: theirs.spanId }]);
    expect(request.attributes).toMatchObject({
      'ocpi.connection': partner.id,
      'http.response.status_code': 200,
    });
    const [sent] = childrenOf(request, 'send ocpi.start-session.requested.v1');
    expect(sent).toMatchObject({ kind: 'producer', hasFailed: false });
    expect(message!.traceparent).toBe(`00-${sent!.traceId}-${sent!.spanId}-01`);
    expect(call.headers['traceparent']).toBe(message!.traceparent);
    const [callback] = childrenOf(request, 'callback');
    expect(only(collector.trace(request.traceId), 'POST commands')).toMatchObject({
      kind: 'client',
      parentId: callback!.spanId,
      attributes: { 'ocpi.connection': partner.id },
    });
  });

  it("lead from a partner's token to the CSMS, also where several are stored at once", async () => {
    const partner = partners.find(({ version }) => version === '2.2.1')!;
    const put = (uid: string) =>
      world.api.call(`/ocpi/2.2.1/tokens/NL/TNM/${uid}`, {
        token: partner.token,
        method: 'PUT',
        body: wireToken('2.2.1', uid),
      });

    const answers = await Promise.all(['T1', 'T2', 'T3'].map(put));
    await tracing.flush();

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const rows = await world.query(
      `SELECT traceparent FROM csms_message WHERE type = 'ocpi.token.upserted.v1'`,
    );
    const requests = collector.spans.filter(({ name }) =>
      name.startsWith('PUT /ocpi/:version/tokens'),
    );
    expect(rows.map(({ traceparent }) => traceparent).sort()).toEqual(
      requests.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).sort(),
    );
  });

  it('name no probe and hold neither URLs of tokens nor keys', async () => {
    await world.api.call('/ocpi/2.2.1/tokens/NL/TNM/T1', { token: partners[1]!.token });
    await fetch(`${world.consumerUrl}/health/live`);
    await tracing.flush();

    expect(collector.spans.filter(({ name }) => /health|metrics/.test(name))).toEqual([]);
    const sent = collector.bodies.join('\n');
    for (const { token, id } of partners) {
      expect(sent).not.toContain(token);
      expect(sent).not.toContain(`outbound-${id}`);
    }
    expect(sent).not.toContain('secret-of-the-webhook');
    expect(sent).not.toContain('/TNM/T1');
  });

  it('are not made when they are switched off, whatever endpoint is set', async () => {
    await tracing.end();
    tracing = await startTracing(settings(collector.url, { OTEL_SDK_DISABLED: 'true' }), 'test');
    const before = collector.spans.length;

    await tellStatus('AVAILABLE', { traceparent: foreignTrace().traceparent });

    expect(isTracing()).toBe(false);
    const [row] = await world.query('SELECT traceparent FROM change ORDER BY seq DESC LIMIT 1');
    expect(row.traceparent).toBeNull();
    expect(collector.spans).toHaveLength(before);
  });
});
