import { jest } from '@jest/globals';
import { pruneChanges } from '#change-log';
import { OCPI_VERSIONS } from '#ocpi';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../test/harness/wait-for.js';
import { parkedPushes } from '../src/index.js';
import { aCdr, aLocation, anEvse, aSession, aTariff } from './objects.js';
import { PushWorld } from './push-world.js';

jest.setTimeout(120_000);

const uids = (count: number) => Array.from({ length: count }, (_, index) => `E${index}`);

describe('feeds', () => {
  let world: PushWorld;
  beforeAll(async () => {
    world = await PushWorld.open();
  });
  afterEach(() => world.reset());
  afterAll(() => world.close());

  const stateOf = async (id: string): Promise<string> => {
    const [row] = await world.source.query('SELECT state FROM connection WHERE id = $1', [id]);
    return row.state;
  };
  const feed = async (id: string) => {
    const [row] = await world.source.query('SELECT * FROM feed WHERE connection_id = $1', [id]);
    return row;
  };

  it('TOP-04: one status change reaches partners of all versions', async () => {
    const partners = await Promise.all(
      OCPI_VERSIONS.map((version) => world.addPartner({ version, isLive: true })),
    );
    await world.stateLocation(aLocation());
    await world.startRunner();
    await world.setStatus('3256', 'CHARGING');
    for (const { server } of partners) {
      await server.until(() => server.lines.length > 0);
    }
  });

  it('backs off from a partner for whom our token cannot be read, says why, and goes on when it can', async () => {
    const { id, server } = await world.addPartner({ isLive: true });
    const [{ token }] = await world.source.query(
      'SELECT outbound_token AS token FROM connection WHERE id = $1',
      [id],
    );
    const store = (bytes: Buffer) =>
      world.source.query('UPDATE connection SET outbound_token = $2 WHERE id = $1', [id, bytes]);
    await store(Buffer.concat([token.subarray(0, -1), Buffer.from([~token.at(-1) & 255])]));
    await world.stateLocation(aLocation());
    await world.startRunner();

    await eventually(async () => expect((await feed(id)).failures).toBeGreaterThan(2));
    const { last_failure: reason, resume_at: resumeAt } = await feed(id);
    expect(reason).toMatch(
      new RegExp(`our token for connection ${id} cannot be read: it is damaged`),
    );
    expect(resumeAt).not.toBeNull();
    const { failures } = await feed(id);
    for (let round = 0; round < 20; round += 1) {
      await world.setStatus('3256', round % 2 === 0 ? 'CHARGING' : 'BLOCKED');
      await sleep(50);
    }
    expect((await feed(id)).failures - failures).toBeLessThan(8);
    expect(server.requests).toEqual([]);

    await store(token);
    await server.until(() => server.pushes.length > 0);
    await eventually(async () => expect((await feed(id)).failures).toBe(0));
  });

  it('TRN-66, TRN-67, LOC-26: an outage leaves at most one request per object, with its newest state', async () => {
    const { id, server } = await world.addPartner({ isLive: true });
    const evses = uids(100);
    await world.stateLocation(aLocation({ evses: evses.map((uid) => anEvse(uid)) }));
    await world.startRunner();
    await server.until(() => server.pushes.length >= 1);
    let isAway = true;
    server.script = () => (isAway ? { status: 503 } : undefined);
    for (let round = 0; round < 30; round += 1) {
      const status = round % 2 === 0 ? 'CHARGING' : 'BLOCKED';
      await world.setStatuses(evses.map((uid) => [uid, status]));
    }
    await world.setStatuses(evses.map((uid) => [uid, 'RESERVED']));
    const { failures } = await feed(id);
    await eventually(async () =>
      expect((await feed(id)).failures).toBeGreaterThan(Number(failures) + 1),
    );
    const through = '2026-01-01T00:00:00.000Z';
    await world.source.query('UPDATE connection SET token_pull = $2 WHERE id = $1', [
      id,
      { through, nextAt: '2099-01-01T00:00:00.000Z' },
    ]);
    isAway = false;
    server.clear();
    await eventually(async () => expect((await feed(id)).failures).toBe(0));
    await server.until(() => new Set(server.lines).size === 100);
    await world.stateTariff(aTariff());
    await server.until(() => server.lines.some((line) => line.includes('tariffs')));
    const statuses = server.requests.filter(({ method }) => method === 'PATCH');
    expect(statuses).toHaveLength(100);
    expect(new Set(statuses.map(({ body }) => body.status))).toEqual(new Set(['RESERVED']));
    expect(server.complaints).toEqual([]);
    const [{ pull }] = await world.source.query(
      'SELECT token_pull AS pull FROM connection WHERE id = $1',
      [id],
    );
    expect(pull).toEqual({ through, requested: 'delta' });
  });

  it('P4 (partial: retention): a partner away for longer than the log is kept gets the state of now, and what is gone is taken away', async () => {
    const { id, server } = await world.addPartner({ isLive: true });
    await world.stateLocation(aLocation());
    const tariff = await world.stateTariff(aTariff());
    await world.startRunner();
    await server.until(() => server.pushes.length >= 2);
    let isAway = true;
    server.script = () => (isAway ? { status: 503 } : undefined);
    await world.setStatus('3256', 'CHARGING');
    await world.source.query('UPDATE tariff SET deleted_at = now() WHERE id = $1', [tariff]);
    await world.change({
      kind: 'tariff',
      objectId: tariff,
      aspect: 'deleted',
      partyKey: 'NL*AAA',
    });
    await eventually(async () => expect((await feed(id)).failures).toBeGreaterThan(1));
    await world.source.query(`UPDATE change SET at = now() - interval '3 hours'`);
    expect(await pruneChanges(world.source, 2)).toBeGreaterThan(0);
    isAway = false;
    server.clear();
    await server.until(() => server.pushes.some(({ method }) => method === 'DELETE'));
    await eventually(async () => expect((await feed(id)).snapshot).toBeNull());
    const puts = server.pushes.filter(({ method }) => method === 'PUT');
    expect(puts.map(({ path, body }) => [path, body.evses[0].status])).toEqual([
      ['/locations/NL/AAA/LOC1', 'CHARGING'],
    ]);
    // Once by the walk, and once more where the feed was just trying the change itself.
    const deletes = server.lines.filter((line) => line.startsWith('DELETE'));
    expect(new Set(deletes)).toEqual(new Set(['DELETE /tariffs/NL/AAA/14']));
    expect(deletes.length).toBeLessThanOrEqual(2);
  });

  it('TRN-66 (partial: wait_for_pull): such a partner is pushed nothing of the outage, but its CDRs', async () => {
    const { id, server } = await world.addPartner({
      isLive: true,
      profile: { catchUp: 'wait_for_pull' },
    });
    await world.stateLocation(aLocation());
    await world.startRunner();
    await server.until(() => server.pushes.length >= 1);
    let isAway = true;
    server.script = () => (isAway ? { drop: true } : undefined);
    await world.setStatus('3256', 'CHARGING');
    await world.issueCdr(aCdr());
    await eventually(async () => expect((await feed(id)).failures).toBeGreaterThan(1));
    isAway = false;
    server.clear();
    await server.until(() => server.pushes.length >= 1);
    await world.setStatus('3256', 'AVAILABLE');
    await server.until(() => server.pushes.length >= 2);
    expect(server.lines.filter((line) => line !== 'GET /versions')).toEqual([
      'POST /cdrs',
      'PATCH /locations/NL/AAA/LOC1/3256',
    ]);
    expect(server.pushes[1]?.body.status).toBe('AVAILABLE');
  });

  it.each([401, 403])(
    'CRD-27, STA-03: HTTP %s stops all traffic after a few calls',
    async (status) => {
      const { id, server } = await world.addPartner({ isLive: true });
      await world.stateLocation(aLocation({ evses: uids(50).map((uid) => anEvse(uid)) }));
      server.script = () => ({ status, ocpi: 2000 });
      await world.startRunner();
      await eventually(async () => expect(await stateOf(id)).toBe('rejected'));
      await world.setStatuses(uids(50).map((uid) => [uid, 'CHARGING']));
      await sleep(1200);
      expect(server.requests.length).toBeLessThanOrEqual(3);
      server.script = undefined;
      await world.source.query(`UPDATE connection SET state = 'registered'`);
      await world.source.query(`SELECT pg_notify('ocpi_connection', '')`);
      await server.until(() => server.pushes.some(({ method }) => method === 'PUT'));
    },
  );

  it('STA-19: 429 is obeyed: no request before Retry-After, and nothing is lost or parked', async () => {
    const { server } = await world.addPartner({ isLive: true, profile: { maxBackoffMs: 60_000 } });
    await world.stateLocation(aLocation());
    let isFirst = true;
    server.script = () => {
      if (!isFirst) return undefined;
      isFirst = false;
      return { status: 429, headers: { 'Retry-After': '1' } };
    };
    await world.startRunner();
    await server.until(() => server.pushes.length >= 2);
    expect(server.requests[1]!.at - server.requests[0]!.at).toBeGreaterThan(950);
    expect(await parkedPushes(world.source)).toEqual([]);
  });

  it.each([
    ['a Location', 'PATCH', () => world.setStatus('3256', 'CHARGING')],
    ['a Tariff', 'PUT', () => world.stateTariff(aTariff())],
    [
      'a Session',
      'PATCH',
      () => world.stateSession(aSession({ status: 'ACTIVE', kwh: 1 }), aLocation()),
    ],
  ] as const)('STA-19: 429 is obeyed when a copy of %s is looked at', async (_, method, change) => {
    const { server } = await world.addPartner({ isLive: true, profile: { maxBackoffMs: 60_000 } });
    await world.stateLocation(aLocation());
    await world.stateSession(aSession(), aLocation());
    await world.startRunner();
    await server.until(() => server.pushes.length >= 2);
    server.clear();
    const answers = [
      { status: 400, ocpi: 2001 },
      { status: 429, headers: { 'Retry-After': '1' } },
    ];
    server.script = () => answers.shift();
    await change();
    await server.until(() => server.requests.length >= 3);
    expect(server.requests.slice(0, 2).map((request) => request.method)).toEqual([method, 'GET']);
    expect(server.requests[2]!.at - server.requests[1]!.at).toBeGreaterThan(950);
    expect(await parkedPushes(world.source)).toEqual([]);
  });

  it('Retry-After is clamped to the longest pause of the profile', async () => {
    const { server } = await world.addPartner({ isLive: true, profile: { maxBackoffMs: 100 } });
    await world.stateLocation(aLocation());
    let isFirst = true;
    server.script = () => {
      if (!isFirst) return undefined;
      isFirst = false;
      return { status: 503, headers: { 'Retry-After': '86400' } };
    };
    await world.startRunner();
    await server.until(() => server.pushes.length >= 2);
  });

  it('STA-08: HTTP 200 is no success by itself; a refused object is parked and the feed goes on', async () => {
    const { server } = await world.addPartner({ isLive: true });
    const bad = aLocation({ id: 'BAD', evses: [anEvse('bad')] });
    await world.stateLocation(bad);
    await world.stateLocation(aLocation());
    server.script = ({ path }) =>
      path.includes('BAD') ? { ocpi: 2001, message: 'no such country' } : { ocpi: 1901 };
    await world.startRunner();
    await server.until(() => server.pushes.length >= 2);
    await eventually(async () =>
      expect(await parkedPushes(world.source)).toMatchObject([
        { kind: 'location', objectName: 'NL*AAA/BAD', ocpiStatus: 2001 },
      ]),
    );
    server.script = undefined;
    server.clear();
    await world.setStatus('bad', 'CHARGING');
    await server.until(() => server.pushes.length >= 1);
    expect(server.lines).toEqual(['PUT /locations/NL/AAA/BAD']);
    await eventually(async () => expect(await parkedPushes(world.source)).toEqual([]));
  });

  it('an object that always fails while others pass is parked, with an alert; it does not hold up the rest', async () => {
    const { server } = await world.addPartner({ isLive: true });
    await world.stateLocation(aLocation({ id: 'BAD', evses: [anEvse('bad')] }));
    await world.stateLocation(aLocation());
    server.script = ({ path }) => (path.includes('BAD') ? { status: 500 } : undefined);
    await world.startRunner();
    await eventually(async () => expect(await parkedPushes(world.source)).toHaveLength(1));
    await server.until(() => server.lines.includes('PUT /locations/NL/AAA/LOC1'));
    await world.stateTariff(aTariff());
    await server.until(() => server.lines.at(-1) === 'PUT /tariffs/NL/AAA/14');
  });

  it('STA-06: 204 without a body is a delivery, shown as a deviation; a strict profile parks it', async () => {
    const { id, server } = await world.addPartner({ isLive: true });
    const strict = await world.addPartner({ isLive: true, profile: { acceptEmptySuccess: false } });
    for (const partner of [server, strict.server]) {
      partner.script = () => ({ status: 204, text: '' });
    }
    await world.stateLocation(aLocation());
    await world.startRunner();
    await eventually(async () => {
      const [row] = await world.source.query('SELECT deviations FROM connection WHERE id = $1', [
        id,
      ]);
      expect(Object.keys(row.deviations)).toEqual(['success without an envelope']);
      expect(await parkedPushes(world.source)).toMatchObject([{ connectionId: strict.id }]);
    });
  });

  it('CRD-17 (partial: pushes): paused and unregistered partners get nothing; a resumed one gets the newest state', async () => {
    const paused = await world.addPartner({ isLive: true });
    const gone = await world.addPartner({ isLive: true });
    const other = await world.addPartner({ isLive: true });
    await world.stateLocation(aLocation());
    await world.startRunner();
    for (const { server } of [paused, gone, other])
      await server.until(() => server.pushes.length > 0);
    await world.source.query(`UPDATE connection SET paused = true WHERE id = $1`, [paused.id]);
    await world.source.query(`UPDATE connection SET state = 'unregistered' WHERE id = $1`, [
      gone.id,
    ]);
    await world.source.query(`SELECT pg_notify('ocpi_connection', '')`);
    await eventually(async () => expect((await feed(paused.id)).owner).toBeNull());
    await world.setStatus('3256', 'CHARGING');
    await world.setStatus('3256', 'RESERVED');
    await other.server.until(() => other.server.pushes.at(-1)?.body.status === 'RESERVED');
    expect(paused.server.pushes).toHaveLength(1);
    await world.source.query(`UPDATE connection SET paused = false`);
    await world.source.query(`SELECT pg_notify('ocpi_connection', '')`);
    await paused.server.until(() => paused.server.pushes.length >= 2);
    expect(paused.server.pushes.slice(1).map(({ body }) => body.status)).toEqual(['RESERVED']);
    expect(gone.server.pushes).toHaveLength(1);
  });

  it('a partner that never answers holds up nobody else', async () => {
    const hanging = await world.addPartner({ isLive: true });
    hanging.server.script = () => ({ hang: true });
    const { server } = await world.addPartner({ isLive: true });
    await world.stateLocation(aLocation());
    await world.startRunner();
    await server.until(() => server.pushes.length >= 1);
    for (let round = 0; round < 20; round += 1) {
      await world.setStatus('3256', round % 2 === 0 ? 'CHARGING' : 'AVAILABLE');
      await server.until(() => server.pushes.length >= round + 2);
    }
    expect(hanging.server.requests.length).toBeLessThan(10);
  });

  it('two processes share the feeds, hand them over, and no partner sees two requests at once or a state go back', async () => {
    const partners = await Promise.all(
      Array.from({ length: 4 }, () => world.addPartner({ isLive: true })),
    );
    for (const { server } of partners) server.script = async () => ({ delayMs: Math.random() * 8 });
    const evses = uids(12);
    await world.stateLocation(aLocation({ evses: evses.map((uid) => anEvse(uid)) }));
    const first = await world.startRunner(2);
    expect(first.keys).toHaveLength(4);
    const second = await world.startRunner(2);
    const done = new AbortController();
    const writer = (async () => {
      const statuses = ['CHARGING', 'AVAILABLE', 'BLOCKED', 'RESERVED'];
      for (let round = 0; !done.signal.aborted; round += 1) {
        const some = evses.filter((_, index) => (index + round) % 3 === 0);
        await world.setStatuses(some.map((uid) => [uid, statuses[round % 4]!] as const));
        await sleep(5);
      }
    })();
    await eventually(() => expect([first.keys.length, second.keys.length]).toEqual([2, 2]));
    await sleep(500);
    await first.stop();
    await eventually(() => expect(second.keys).toHaveLength(4));
    await sleep(500);
    done.abort();
    await writer;
    const rows = await world.source.query<{ uid: string; status: string }[]>(
      'SELECT e.uid, s.status FROM evse e JOIN evse_state s ON s.evse_id = e.id',
    );
    for (const { server } of partners) {
      await server.until(() =>
        rows.every(({ uid, status }) => {
          const told = server.pushes.filter(({ path }) => path.endsWith(`/${uid}`)).at(-1);
          return told?.body.status === status;
        }),
      );
      expect(server.complaints).toEqual([]);
    }
  });

  it('a stopped process gives its feeds back at once, repeats nothing and loses nothing', async () => {
    const { server } = await world.addPartner({ isLive: true });
    server.script = () => ({ delayMs: 30 });
    const evses = uids(40);
    await world.stateLocation(aLocation({ evses: evses.map((uid) => anEvse(uid)) }));
    await world.startRunner(600);
    await server.until(() => server.pushes.length >= 1);
    await world.setStatuses(evses.map((uid) => [uid, 'CHARGING']));
    await server.until(() => server.pushes.length >= 20);
    await world.stopRunners();
    await world.startRunner(600);
    await server.until(() => new Set(server.lines).size === 41);
    await world.stateTariff(aTariff());
    await server.until(() => server.lines.at(-1)?.includes('tariffs') === true);
    const patches = server.pushes.filter(({ method }) => method === 'PATCH');
    expect(patches).toHaveLength(40);
  });

  it('P11: what was told ahead of the cursor is not told again by whoever takes the feed over', async () => {
    const { server } = await world.addPartner({ isLive: true });
    server.script = () => ({ delayMs: 20 });
    const evses = uids(220);
    await world.stateLocation(aLocation({ evses: evses.map((uid) => anEvse(uid)) }));
    await world.startRunner(600);
    await server.until(() => server.pushes.length >= 1);
    await world.stopRunners();
    // More than one page, and the first EVSEs change again behind it: their state of now is told with the first page.
    await world.setStatuses(evses.map((uid) => [uid, 'CHARGING']));
    await world.setStatuses(evses.slice(0, 5).map((uid) => [uid, 'BLOCKED']));
    await world.startRunner(600);
    await server.until(() => server.pushes.length >= 20);
    await world.stopRunners();
    await world.startRunner(600);
    await world.stateTariff(aTariff());
    await server.until(() => server.lines.at(-1)?.includes('tariffs') === true);
    const patches = server.pushes.filter(({ method }) => method === 'PATCH');
    expect(patches).toHaveLength(220);
    expect(patches.filter(({ body }) => body.status === 'BLOCKED')).toHaveLength(5);
  });

  it.each([
    ['by the same process', false],
    ['by the process that takes over', true],
  ])(
    'P11: what was told with an earlier change, while a slow writer kept its row from being read, is not told again %s',
    async (_who, isHandedOver) => {
      const { server } = await world.addPartner({ isLive: true });
      await world.stateLocation(aLocation({ evses: [anEvse('E1'), anEvse('E2')] }));
      await world.startRunner(600);
      await server.until(() => server.pushes.length >= 1);
      await world.stopRunners();

      await world.setStatus('E1', 'CHARGING');
      let stopped: Promise<void> | undefined;
      await world.whileWriting(async () => {
        await world.setStatus('E1', 'BLOCKED');
        await world.startRunner(600);
        await server.until(() => server.pushes.length >= 2);
        if (isHandedOver) stopped = world.stopRunners();
        await sleep(100);
      });
      await stopped;
      if (isHandedOver) await world.startRunner(600);
      await world.setStatus('E2', 'CHARGING');
      await server.until(() => server.pushes.length >= 3);
      const told = server.pushes
        .slice(1)
        .map(({ path, body }) => [path.split('/').at(-1), body.status]);
      expect(told).toEqual([
        ['E1', 'BLOCKED'],
        ['E2', 'CHARGING'],
      ]);
    },
  );
});
