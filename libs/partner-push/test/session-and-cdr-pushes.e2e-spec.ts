import { OCPI_VERSIONS } from '#ocpi';
import { eventually } from '../../../test/harness/wait-for.js';
import { owedCdrsOf, parkedPushes, redriveParked, requestResync } from '../src/index.js';
import { aCdr, aLocation, aSession, aTariff, anEvse } from './objects.js';
import { PushWorld } from './push-world.js';

const at = (minute: number) => `2026-01-01T10:${String(minute).padStart(2, '0')}:00Z`;
const period = (minute: number, volume: number) => ({
  start_date_time: at(minute),
  dimensions: [{ type: 'ENERGY' as const, volume }],
});
const other = { ...aSession().cdr_token, party_id: 'OTH' };

describe('pushes of Sessions, CDRs and Tariffs', () => {
  let world: PushWorld;
  beforeAll(async () => {
    world = await PushWorld.open();
  });
  afterEach(() => world.reset());
  afterAll(() => world.close());

  const receipts = (): Promise<{ state: string; location_url: string; attempts: number }[]> =>
    world.source.query('SELECT * FROM cdr_receipt');

  describe.each(OCPI_VERSIONS)('to a %s partner', (version) => {
    const isOld = version === '2.1.1';

    it(`SES-12${isOld ? ', SES-20' : ', TRN-39 (partial: new periods), SES-13, SES-15, SES-16, SES-17, SES-19'}, SES-23 (partial: what is pushed), SES-25 [${version}]: a session from plug-in to the end`, async () => {
      const { server } = await world.addPartner({ version, isLive: true });
      const stranger = await world.addPartner({
        version,
        isLive: true,
        parties: [{ party: 'NL*OTH', role: 'EMSP' }],
      });
      await world.startRunner();
      const steps = [
        aSession(),
        aSession({
          status: 'ACTIVE',
          kwh: 1,
          charging_periods: [period(0, 1)],
          last_updated: at(5),
        }),
        aSession({
          status: 'ACTIVE',
          kwh: 3,
          charging_periods: [period(0, 2), period(10, 1)],
          last_updated: at(12),
        }),
        aSession({
          status: 'COMPLETED',
          kwh: 4,
          end_date_time: at(30),
          charging_periods: [period(0, 2), period(10, 2)],
          last_updated: at(30),
        }),
      ];
      for (const [index, step] of steps.entries()) {
        await world.stateSession(step, aLocation());
        await server.until(() => server.pushes.length > index);
      }
      await world.stateSession({ ...steps[3]!, kwh: 5, last_updated: at(40) });
      await world.stateLocation(aLocation());
      await stranger.server.until(() => stranger.server.pushes.length >= 1);
      await server.until(() => server.pushes.length >= 5);
      const url = '/sessions/NL/AAA/S1';
      const patch = isOld ? 'PUT' : 'PATCH';
      expect(server.lines).toEqual([
        `PUT ${url}`,
        `${patch} ${url}`,
        `${patch} ${url}`,
        `${patch} ${url}`,
        'PUT /locations/NL/AAA/LOC1',
      ]);
      expect(stranger.server.lines).toEqual(['PUT /locations/NL/AAA/LOC1']);
      const bodies = server.requests.map(({ body }) => body);
      expect(bodies[0]).toMatchObject({ id: 'S1', status: 'PENDING', kwh: 0 });
      expect(bodies[1]).toMatchObject({ status: 'ACTIVE', kwh: 1, last_updated: at(5) });
      if (!isOld) {
        expect(bodies[1]).not.toHaveProperty('charging_periods');
        expect(bodies[2].charging_periods).toHaveLength(1);
        expect(bodies[3].charging_periods).toHaveLength(1);
        expect(bodies[3].charging_periods[0].start_date_time).toBe(at(10));
        expect(bodies[0]).toMatchObject({ country_code: 'NL', party_id: 'AAA' });
      } else {
        expect(bodies[3].charging_periods).toHaveLength(2);
      }
    });

    it(`SES-14, ${isOld ? '' : 'TRN-39, SES-18, SES-22, '}SES-21 [${version}]: what a PATCH cannot say, or did not bring, goes by PUT`, async () => {
      const { server } = await world.addPartner({ version, isLive: true });
      await world.startRunner();
      server.script = () => ({ data: {} });
      const begun = { status: 'ACTIVE', kwh: 1 } as const;
      await world.stateSession(
        aSession({ ...begun, charging_periods: [period(0, 1), period(10, 1)] }),
        aLocation(),
      );
      await server.until(() => server.pushes.length >= 1);
      const corrected = { ...begun, charging_periods: [period(0, 0.5), period(10, 1)] };
      await world.stateSession(aSession({ ...corrected, last_updated: at(20) }));
      await server.until(() => server.pushes.length >= 2);
      const told = server.pushes[1]!.body.charging_periods as { dimensions: object[] }[];
      expect(told[0]!.dimensions).toMatchObject([{ volume: 0.5 }]);
      server.script = ({ method }) => (method === 'PUT' ? undefined : { status: 404 });
      await world.stateSession(aSession({ ...corrected, kwh: 2, last_updated: at(21) }));
      await server.until(() => server.pushes.length >= 4);
      const url = '/sessions/NL/AAA/S1';
      const expected = ['PUT', 'PUT', 'PATCH', 'GET', 'PUT'].map((method) => `${method} ${url}`);
      expect(server.lines).toEqual(expected);
      if (isOld) return;
      // A further period alone goes by PATCH, without those that the partner has.
      server.script = undefined;
      const grown = [...corrected.charging_periods, period(15, 1)];
      await world.stateSession(
        aSession({ ...begun, kwh: 3, charging_periods: grown, last_updated: at(22) }),
      );
      await server.until(() => server.pushes.at(-1)!.body.kwh === 3);
      const last = server.pushes.at(-1)!;
      expect([last.method, last.body.charging_periods.length]).toEqual(['PATCH', 1]);
      expect(last.body.charging_periods[0].start_date_time).toBe(grown[1]!.start_date_time);
    });

    it(`CDR-04, CDR-05, CDR-09, TRN-40 [${version}]: a CDR is posted once, after its session, to the payer alone`, async () => {
      const { id, server } = await world.addPartner({ version, isLive: true });
      const stranger = await world.addPartner({
        isLive: true,
        parties: [{ party: 'NL*OTH', role: 'EMSP' }],
      });
      server.script = ({ method }) =>
        method === 'POST' ? { status: 201, headers: { Location: '/store/77' } } : undefined;
      await world.issueCdr(aCdr(), aLocation());
      await world.stateSession(aSession({ status: 'COMPLETED' }), aLocation());
      await world.issueCdr(aCdr({ id: 'CDR2', cdr_token: other }), aLocation());
      await world.startRunner();
      await server.until(() => server.pushes.length >= 2);
      await stranger.server.until(() => stranger.server.pushes.length >= 1);
      await eventually(async () => {
        const stored = await world.source.query(
          'SELECT * FROM cdr_receipt WHERE connection_id = $1',
          [id],
        );
        expect(stored).toMatchObject([
          { state: 'delivered', location_url: `${server.url}/store/77` },
        ]);
      });
      expect(server.lines).toEqual(['PUT /sessions/NL/AAA/S1', 'POST /cdrs']);
      expect(server.requests[1]?.body.id).toBe('CDR1');
      expect(stranger.server.requests.map(({ body }) => body.id)).toEqual(['CDR2']);
      if (!isOld) expect(server.requests[1]?.headers['ocpi-to-party-id']).toBe('EMP');
    });

    it(`TAR-03, TAR-04, TAR-05, TAR-06 [${version}]: a tariff is put whole; its end comes after the unlinking`, async () => {
      const { server } = await world.addPartner({ version, isLive: true });
      await world.stateTariff(aTariff());
      await world.stateLocation(aLocation());
      await world.startRunner();
      await server.until(() => server.pushes.length >= 2);
      await world.stateTariff(aTariff({ currency: 'CHF', last_updated: at(30) }), 'content');
      await server.until(() => server.pushes.length >= 3);
      expect(server.requests[2]).toMatchObject({
        method: 'PUT',
        path: '/tariffs/NL/AAA/14',
        body: { currency: 'CHF', last_updated: at(30) },
      });
      server.clear();
      await world.stopRunners();
      await world.stateTariff(aTariff(), 'deleted');
      const connectors = anEvse('3256').connectors.map(({ tariff_ids: _gone, ...c }) => c);
      await world.stateLocation(aLocation({ evses: [anEvse('3256', { connectors })] }), [
        { kind: 'evse', evseId: await world.evseId('3256'), aspect: 'content' },
      ]);
      await world.startRunner();
      await server.until(() => server.pushes.length >= 2);
      expect(server.lines).toEqual([
        'PUT /locations/NL/AAA/LOC1/3256',
        'DELETE /tariffs/NL/AAA/14',
      ]);
    });
  });

  it('CDR-06: an acknowledgement without Location counts, and the CDR is not sent again', async () => {
    const { server } = await world.addPartner({ isLive: true });
    await world.startRunner();
    const objectId = await world.issueCdr(aCdr());
    await eventually(async () => expect(await receipts()).toMatchObject([{ state: 'delivered' }]));
    await world.change({
      kind: 'cdr',
      objectId,
      aspect: 'shown',
      partyKey: 'NL*AAA',
      audience: 'NL*EMP',
    });
    await world.stateTariff(aTariff());
    await server.until(() => server.pushes.length >= 2);
    expect(server.lines).toEqual(['POST /cdrs', 'PUT /tariffs/NL/AAA/14']);
  });

  it('CDR-07, CDR-08, TRN-68, CDR-52 (partial: re-send): after a lost answer the same bytes again; "already known" is a receipt', async () => {
    const { server } = await world.addPartner({ isLive: true });
    let posts = 0;
    server.script = ({ method }) => {
      if (method === 'GET') return { data: { id: 'cdr1' } };
      posts += 1;
      if (posts < 3) return { drop: true };
      return { ocpi: 2001, message: 'CDR already known', headers: { Location: '/store/1' } };
    };
    await world.startRunner();
    await world.issueCdr(aCdr());
    await eventually(async () => expect(await receipts()).toMatchObject([{ state: 'delivered' }]));
    const bodies = server.pushes.map(({ body }) => JSON.stringify(body));
    expect(new Set(bodies).size).toBe(1);
    expect(server.lines).toEqual(['POST /cdrs', 'POST /cdrs', 'POST /cdrs', 'GET /store/1']);
    const ids = server.requests.map(({ headers }) => headers['x-request-id']);
    expect(new Set(ids).size).toBe(4);
    expect(await parkedPushes(world.source)).toEqual([]);
  });

  it('TRN-68: what is owed to a partner that is away counts before its feed comes to it', async () => {
    const { id, server } = await world.addPartner({ isLive: true });
    const owed = async () =>
      (await world.source.query(`SELECT ${owedCdrsOf('$1')} AS owed`, [id]))[0].owed as number;
    for (const name of ['cdr1', 'cdr2']) await world.issueCdr(aCdr({ id: name }));
    expect(await owed()).toBe(2);
    server.script = () => ({ status: 503 });
    await world.startRunner();
    await server.until(() => server.pushes.length > 1);
    expect(await owed()).toBe(2);
    server.script = undefined;
    await eventually(async () => expect(await owed()).toBe(0));
  });

  it('CDR-08: a duplicate that is another CDR is parked, not taken for delivered', async () => {
    const { server } = await world.addPartner({ isLive: true });
    server.script = ({ method }) =>
      method === 'GET'
        ? { data: { id: 'another' } }
        : { status: 409, message: 'duplicate', headers: { Location: '/store/1' } };
    await world.startRunner();
    await world.issueCdr(aCdr());
    await eventually(async () => expect(await receipts()).toMatchObject([{ state: 'parked' }]));
  });

  it.each([
    'Invalid CDR: total_cost is below the well-known minimum price',
    'the session was already closed',
    'CDR already exists',
    'bad \0 thing already\ud800',
  ])('CDR-08: a first POST that is refused with "%s" and no proof is parked', async (message) => {
    const { server } = await world.addPartner({ isLive: true });
    server.script = ({ path }) => (path === '/cdrs' ? { ocpi: 2001, message } : undefined);
    await world.startRunner();
    await world.issueCdr(aCdr());
    await eventually(async () => expect(await receipts()).toMatchObject([{ state: 'parked' }]));
    expect(server.lines).toEqual(['POST /cdrs']);
  });

  it('CDR-07: a refused CDR is parked, redriven with the same bytes, and then done', async () => {
    const { id, server } = await world.addPartner({ isLive: true });
    server.script = () => ({ ocpi: 2001, message: 'no such tariff' });
    await world.startRunner();
    await world.issueCdr(aCdr());
    await world.stateTariff(aTariff({ id: '15' }));
    await eventually(async () => expect(await parkedPushes(world.source)).toHaveLength(2));
    const parked = await parkedPushes(world.source, { connectionId: id });
    expect(
      parked.map(({ kind, objectName, reason, ocpiStatus }) => ({
        kind,
        objectName,
        reason,
        ocpiStatus,
      })),
    ).toEqual(
      expect.arrayContaining([
        {
          kind: 'cdr',
          objectName: 'NL*AAA/CDR1',
          reason: 'HTTP 200, OCPI 2001: no such tariff',
          ocpiStatus: 2001,
        },
      ]),
    );
    expect(await receipts()).toMatchObject([{ state: 'parked' }]);
    server.script = undefined;
    server.clear();
    expect(
      await redriveParked(
        world.source,
        parked.map((row) => row.id),
      ),
    ).toBe(2);
    await eventually(async () => expect(await parkedPushes(world.source)).toEqual([]));
    expect(server.lines.sort()).toEqual(['POST /cdrs', 'PUT /tariffs/NL/AAA/15']);
    expect(await receipts()).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('CDR-16: what a version cannot say is withheld and told to the operator, not sent', async () => {
    const { id, server } = await world.addPartner({ version: '2.1.1', isLive: true });
    await world.startRunner();
    await world.issueCdr(
      aCdr({ id: 'CDR1-C', credit: true, credit_reference_id: 'CDR1' }),
      aLocation(),
    );
    await eventually(async () =>
      expect(await receipts()).toMatchObject([
        { state: 'withheld', reason: '2.1.1 has no credit CDRs' },
      ]),
    );
    expect(server.lines).toEqual([]);
    const { values } = await world.metrics.withheldCdrsTotal.get();
    expect(values).toContainEqual({ labels: { connection: id }, value: 1 });
  });

  it('SES-25: a resync sends everything once more, but no Session that is over and no CDR that has its receipt', async () => {
    const { id, server } = await world.addPartner();
    await world.stateTariff(aTariff());
    await world.stateLocation(aLocation());
    await world.stateSession(aSession({ status: 'ACTIVE' }));
    await world.issueCdr(aCdr());
    await world.startRunner();
    await server.until(() => server.pushes.length >= 4);
    const all = [
      'PUT /tariffs/NL/AAA/14',
      'PUT /locations/NL/AAA/LOC1',
      'PUT /sessions/NL/AAA/S1',
      'POST /cdrs',
    ];
    expect(server.lines).toEqual(all);
    await world.stateSession(aSession({ id: 'S2', status: 'COMPLETED', end_date_time: at(30) }));
    await server.until(() => server.pushes.length >= 5);
    await eventually(async () => {
      const [feed] = await world.source.query('SELECT snapshot FROM feed');
      expect(feed.snapshot).toBeNull();
    });
    server.clear();
    expect(await requestResync(world.source, id)).toBe(true);
    await server.until(() => server.pushes.length >= 3);
    await eventually(async () => {
      const [feed] = await world.source.query('SELECT snapshot FROM feed');
      expect(feed.snapshot).toBeNull();
    });
    expect(server.lines).toEqual(all.slice(0, 3));
    expect(await requestResync(world.source, 'nobody')).toBe(false);
  });
});
