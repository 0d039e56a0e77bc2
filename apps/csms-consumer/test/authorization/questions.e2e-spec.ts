import { ConnectionDirectory } from '#partners';
import { GracefulShutdown } from '#platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../../test/harness/wait-for.js';
import { prune } from '../../src/retention/prune.js';
import { prunings, type Retention } from '../../src/retention/prunings.js';
import { takeQuestions } from '../../src/authorization/stored-questions.js';
import { allows, AuthorizationWorld, cdrTokenOf, token } from './authorization-world.js';

describe('POST /csms/v1/authorizations', () => {
  let world: AuthorizationWorld;
  beforeAll(async () => {
    world = await AuthorizationWorld.open();
  });
  afterEach(() => world.clear());
  afterAll(() => world.close());

  it('names the field of what it cannot take', async () => {
    const q = world.question();
    const refused: [unknown, number, string][] = [
      ['{', 400, 'JSON'],
      [[], 400, ''],
      [{ ...q, uid: undefined }, 400, 'uid'],
      [{ ...q, uid: 'x'.repeat(37) }, 400, 'uid'],
      [{ ...q, deadline: 'soon' }, 400, 'deadline'],
      [{ ...q, deadline: '2026-01-01T00:00:00Z' }, 400, 'deadline: has passed'],
      [{ ...q, party_id: 'BBB' }, 403, 'party_id'],
      [{ ...q, party_id: 'CCC' }, 400, 'party_id'],
    ];
    for (const [body, status, said] of refused) {
      const answer = await world.post(body);
      expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(said)]);
    }
    expect((await world.post(q, 'another key')).status).toBe(401);
  });

  it('takes a deadline that is far away', async () => {
    await world.partnerWith(token(), { script: allows() });
    const deadline = '2999-01-01T00:00:00Z';
    expect(await world.authorize({ deadline })).toMatchObject({ decided_by: 'PARTNER' });
  });

  it('answers 503 before the deadline when the database hangs, and nothing hangs on', async () => {
    await world.partnerWith(token({ whitelist: 'ALWAYS' }));
    const blocker = world.source.createQueryRunner();
    await blocker.startTransaction();
    try {
      await blocker.query('LOCK TABLE token_alias IN ACCESS EXCLUSIVE MODE');
      const deadline = Date.now() + 800;
      const answer = await world.post(
        world.question({ deadline: new Date(deadline).toISOString() }),
      );
      expect(Date.now()).toBeLessThanOrEqual(deadline);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    } finally {
      await blocker.rollbackTransaction();
      await blocker.release();
    }
    expect(await world.authorize()).toMatchObject({ allowed: 'ALLOWED' });
  });

  it('P11: a question in flight at SIGTERM gets its answer', async () => {
    const own = await AuthorizationWorld.open();
    await own.partnerWith(token(), {
      script: async () => {
        await sleep(400);
        return { data: { allowed: 'ALLOWED', token: token() } };
      },
    });
    const answer = own.authorize();
    await sleep(150);
    const stopped = own.app.get(GracefulShutdown).run(() => own.app.close());
    expect(await answer).toMatchObject({ allowed: 'ALLOWED' });
    await stopped;
    await own.close();
  });
});

describe('ocpi.authorization.requested.v1', () => {
  let world: AuthorizationWorld;
  beforeAll(async () => {
    world = await AuthorizationWorld.open();
  });
  afterEach(() => world.clear());
  afterAll(() => world.close());
  const ask = (change: object = {}) =>
    world.event('authorization.requested', world.question(change));

  it('is decided after the commit and answered once, whatever comes twice', async () => {
    await world.partnerWith(token(), { script: allows() });
    expect(await ask({ authorization_id: 'A-1' })).toMatchObject({ outcome: 'applied' });
    expect(await ask({ authorization_id: 'A-1' })).toMatchObject({ outcome: 'unchanged' });
    await eventually(async () => (await world.messages()).length > 0);
    expect(await ask({ authorization_id: 'A-1' })).toMatchObject({ outcome: 'unchanged' });
    await sleep(700);
    expect(await world.messages()).toEqual([
      expect.objectContaining({
        authorization_id: 'A-1',
        allowed: 'ALLOWED',
        decided_by: 'PARTNER',
        cdr_token: cdrTokenOf(token()),
      }),
    ]);
    const [message] = await world.source.query('SELECT party_key, key FROM csms_message');
    expect(message).toEqual({ party_key: 'NL*AAA', key: 'NL*AAA*A-1' });
  });

  it('comes and goes over HTTP as well', async () => {
    await world.partnerWith(token(), { script: allows() });
    const from = await world.call('GET', 'messages?wait=0&from=tail');
    expect(from.status).toBe(204);
    const data = world.question({ authorization_id: 'A-2' });
    const [type, time] = ['ocpi.authorization.requested.v1', new Date().toISOString()];
    const event = { specversion: '1.0', id: 'E-2', source: 'urn:test', type, time, data };
    expect(await world.call('POST', 'events', event)).toMatchObject({
      body: { results: [{ id: 'E-2', outcome: 'applied' }] },
    });
    expect(await world.call('GET', 'messages?wait=5')).toMatchObject({
      body: { messages: [{ data: { authorization_id: 'A-2', allowed: 'ALLOWED' } }] },
    });
  });

  it('lets a batch wait for no partner', async () => {
    await world.partnerWith(token(), { script: () => ({ delayMs: 800 }) });
    const startedAt = performance.now();
    await ask();
    expect(performance.now() - startedAt).toBeLessThan(600);
  });

  it('gets no answer after its deadline', async () => {
    await world.partnerWith(token({ whitelist: 'ALWAYS' }));
    await ask({ deadline: new Date(Date.now() - 1000).toISOString() });
    const closed = () =>
      world.source.query('SELECT answer FROM authorization_request WHERE answered_at IS NOT NULL');
    expect(await eventually(async () => ((await closed()).length > 0 ? closed() : false))).toEqual([
      { answer: null },
    ]);
    expect(await world.messages()).toEqual([]);
  });

  it('P1: is left to the process that is at it, and taken up when that is over', async () => {
    await world.partnerWith(token({ whitelist: 'ALWAYS' }));
    const question = world.question({ authorization_id: 'ORPHAN' });
    await world.source.query(
      `INSERT INTO authorization_request (party_key, id, body, deadline, taken_until)
       VALUES ('NL*AAA', 'ORPHAN', $1, $2, now() + interval '1 second')`,
      [JSON.stringify(question), question.deadline],
    );
    expect(await takeQuestions(world.source, 10, 1000)).toEqual([]);
    await eventually(async () => (await world.messages()).length > 0, { timeoutMs: 4000 });
    const [answer] = await world.messages();
    expect(answer).toMatchObject({ authorization_id: 'ORPHAN', allowed: 'ALLOWED' });
  });

  it('P1: that a process died over is decided by another one before its deadline', async () => {
    const doomed = await AuthorizationWorld.open(world.database);
    const partner = await world.partnerWith(token());
    await doomed.app.get(ConnectionDirectory).refresh();
    partner.server.script = () =>
      partner.asked.length === 1
        ? { hang: true }
        : { data: { allowed: 'ALLOWED', token: token() } };
    await doomed.event('authorization.requested', doomed.question({ authorization_id: 'LOST' }));
    await partner.server.until(() => partner.asked.length === 1);
    await doomed.source.destroy(); // from here on it can neither renew nor answer, as after kill -9
    await eventually(async () => (await world.messages()).length > 0, { timeoutMs: 4500 });
    expect(await world.messages()).toMatchObject([
      { authorization_id: 'LOST', allowed: 'ALLOWED', decided_by: 'PARTNER' },
    ]);
    expect(partner.asked).toHaveLength(2);
    await doomed.stop().catch(() => undefined);
  });

  it('is decided by one of two processes', async () => {
    const partner = await world.partnerWith(token(), {
      script: async () => {
        await sleep(20);
        return { data: { allowed: 'ALLOWED', token: token() } };
      },
    });
    const second = await AuthorizationWorld.open(world.database);
    const ids = Array.from({ length: 60 }, (_, index) => `A-${index}`);
    const half = (from: AuthorizationWorld, chosen: string[]) =>
      Promise.all(
        chosen.map((authorization_id, index) =>
          from.event(
            'authorization.requested',
            from.question({ authorization_id, uid: `C-${index}` }),
          ),
        ),
      );
    await Promise.all([half(world, ids.slice(0, 30)), half(second, ids.slice(30))]);
    await eventually(async () => (await world.messages()).length >= 60);
    await sleep(600);
    const answered = (await world.messages()).map(({ authorization_id: id }) => id);
    expect(answered.toSorted()).toEqual(ids.toSorted());
    await second.stop();
    expect(partner.asked).toEqual([]);
  });

  it('is forgotten a day after its answer', async () => {
    await world.source.query(
      `INSERT INTO authorization_request (party_key, id, body, deadline, received_at, answered_at)
       SELECT 'NL*AAA', 'old-' || hours, '{}', now(), now() - hours * interval '1 hour', now() - hours * interval '1 hour'
         FROM unnest('{23,25}'::int[]) AS hours`,
    );
    const answered = prunings({} as Retention).find(
      ({ table }) => table === 'authorization_request',
    );
    await prune(world.source, answered!);
    expect(await world.source.query('SELECT id FROM authorization_request')).toEqual([
      { id: 'old-23' },
    ]);
  });
});
