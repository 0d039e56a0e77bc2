import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { eventually } from '../../../test/harness/wait-for.js';
import { aLocation, anEvse, aTariff, T0 } from './objects.js';
import { PushWorld, TOKEN } from './push-world.js';

const T1 = '2026-01-01T11:00:00.250Z';
const wire = (version: OcpiVersion, stamp: string) =>
  version === '2.1.1' ? stamp.replace(/\.\d+Z$/, 'Z') : stamp;
const NODE = { kind: 'evse', aspect: 'content' } as const;

describe('pushes of Locations', () => {
  let world: PushWorld;
  beforeAll(async () => {
    world = await PushWorld.open();
  });
  afterEach(() => world.reset());
  afterAll(() => world.close());

  describe.each(OCPI_VERSIONS)('to a %s partner', (version) => {
    const inVersion = { version, isLive: true };
    const isOld = version === '2.1.1';

    it(`${isOld ? 'LOC-13' : 'LOC-14'}, TRN-40, TRN-41 [${version}]: first sight is a PUT to the owner's path, tariffs first`, async () => {
      const { server } = await world.addPartner({ version });
      await world.stateLocation(aLocation());
      await world.stateTariff(aTariff());
      await world.startRunner();
      await server.until(() => server.pushes.length >= 2);
      expect(server.lines).toEqual(['PUT /tariffs/NL/AAA/14', 'PUT /locations/NL/AAA/LOC1']);
      const body = server.requests[1]?.body;
      expect(body).toMatchObject({ id: 'LOC1', last_updated: wire(version, T0) });
      const owner = version === '2.1.1' ? {} : { country_code: 'NL', party_id: 'AAA' };
      expect({ country_code: body.country_code, party_id: body.party_id }).toEqual({
        country_code: undefined,
        party_id: undefined,
        ...owner,
      });
    });

    it(`LOC-18, LOC-21, ${isOld ? '' : 'LOC-23, '}TRN-36 [${version}]: a status change is one PATCH of the EVSE`, async () => {
      const { server } = await world.addPartner(inVersion);
      await world.stateLocation(aLocation());
      await world.startRunner();
      await server.until(() => server.pushes.length >= 1);
      server.clear();
      await world.setStatus('3256', 'CHARGING', new Date(T1));
      await server.until(() => server.pushes.length >= 1);
      await world.stateTariff(aTariff());
      await server.until(() => server.pushes.length >= 2);
      expect(server.lines).toEqual(['PATCH /locations/NL/AAA/LOC1/3256', 'PUT /tariffs/NL/AAA/14']);
      const stamp = wire(version, T1);
      expect(server.requests[0]?.body).toEqual({ status: 'CHARGING', last_updated: stamp });
    });

    it(`${isOld ? 'TRN-07' : 'TRN-06, TRN-52, TRN-62'}, TRN-17, TRN-73 (partial: pushes) [${version}]: headers`, async () => {
      const { server } = await world.addPartner(inVersion);
      await world.stateLocation(aLocation({ evses: [anEvse('1'), anEvse('2')] }));
      await world.startRunner();
      await server.until(() => server.pushes.length >= 1);
      await world.setStatuses([
        ['1', 'CHARGING'],
        ['2', 'CHARGING'],
      ]);
      await server.until(() => server.pushes.length >= 3);
      const written = version === '2.1.1' ? TOKEN : Buffer.from(TOKEN, 'utf8').toString('base64');
      for (const { headers } of server.requests) {
        expect(headers.authorization).toBe(`Token ${written}`);
        expect(headers['content-type']).toBe('application/json');
        const routing = [
          headers['ocpi-from-country-code'],
          headers['ocpi-from-party-id'],
          headers['ocpi-to-country-code'],
          headers['ocpi-to-party-id'],
        ];
        const none = [undefined, undefined, undefined, undefined];
        expect(routing).toEqual(version === '2.1.1' ? none : ['NL', 'AAA', 'NL', 'EMP']);
      }
      for (const name of ['x-request-id', 'x-correlation-id']) {
        const ids = server.requests.map(({ headers }) => headers[name]);
        expect(new Set(ids).size).toBe(3);
      }
    });

    it(`LOC-15, LOC-16, LOC-17, LOC-19, LOC-20 [${version}]: the smallest object that tells a change`, async () => {
      const { server } = await world.addPartner(inVersion);
      await world.stateLocation(aLocation());
      await world.startRunner();
      await server.until(() => server.pushes.length >= 1);
      server.clear();
      const evseId = await world.evseId('3256');

      const renamed = aLocation({ name: 'Gent Noord', last_updated: T1 });
      await world.stateLocation(renamed, [{ aspect: 'fields', fields: ['name'] }]);
      await server.until(() => server.pushes.length >= 1);
      const two = [...anEvse('3256').connectors, { ...anEvse('x').connectors[0]!, id: '2' }];
      const withSecond = { ...renamed, evses: [anEvse('3256', { connectors: two })] };
      await world.stateLocation(withSecond, [
        { kind: 'connector', evseId, connectorId: '2', aspect: 'created' },
      ]);
      await server.until(() => server.pushes.length >= 2);
      const linked = two.map((c) => (c.id === '2' ? { ...c, tariff_ids: ['15', '14'] } : c));
      await world.stateLocation({ ...renamed, evses: [anEvse('3256', { connectors: linked })] }, [
        { kind: 'connector', evseId, connectorId: '2', aspect: 'fields', fields: ['tariff_ids'] },
      ]);
      await server.until(() => server.pushes.length >= 3);
      const free = two.map(({ tariff_ids: _gone, ...c }) => c);
      await world.stateLocation({ ...renamed, evses: [anEvse('3256', { connectors: free })] }, [
        { kind: 'connector', evseId, connectorId: '2', aspect: 'fields', fields: ['tariff_ids'] },
      ]);
      await server.until(() => server.pushes.length >= 4);
      await world.stateLocation({ ...renamed, evses: [anEvse('3256', { connectors: free })] }, [
        { ...NODE, evseId },
      ]);
      await server.until(() => server.pushes.length >= 5);

      expect(server.lines).toEqual([
        'PATCH /locations/NL/AAA/LOC1',
        'PUT /locations/NL/AAA/LOC1/3256/2',
        'PATCH /locations/NL/AAA/LOC1/3256/2',
        'PUT /locations/NL/AAA/LOC1/3256/2',
        'PUT /locations/NL/AAA/LOC1/3256',
      ]);
      const bodies = server.requests.map(({ body }) => body);
      expect(bodies[0]).toEqual({ name: 'Gent Noord', last_updated: wire(version, T1) });
      expect(bodies[1]).toMatchObject({ id: '2', standard: 'IEC_62196_T2' });
      const tariffs = version === '2.1.1' ? { tariff_id: '15' } : { tariff_ids: ['15', '14'] };
      expect(bodies[2]).toEqual({ ...tariffs, last_updated: wire(version, T0) });
      expect(bodies[3]).not.toHaveProperty(version === '2.1.1' ? 'tariff_id' : 'tariff_ids');
      expect(bodies[4]).toMatchObject({ uid: '3256' });
      expect(bodies[4].connectors).toHaveLength(2);
    });

    it(`TRN-37, LOC-24 [${version}]: a failed PATCH leads to a look and a PUT of what is missing`, async () => {
      const { server } = await world.addPartner(inVersion);
      await world.stateLocation(aLocation());
      await world.startRunner();
      await server.until(() => server.pushes.length >= 1);
      server.clear();
      server.script = ({ method }) => (method === 'PUT' ? undefined : { status: 404, ocpi: 2003 });
      await world.setStatus('3256', 'CHARGING');
      await server.until(() => server.pushes.length >= 2);
      expect(server.lines).toEqual([
        'PATCH /locations/NL/AAA/LOC1/3256',
        'GET /locations/NL/AAA/LOC1',
        'PUT /locations/NL/AAA/LOC1',
      ]);
      server.clear();
      server.script = ({ method }) =>
        method === 'PATCH' ? { ocpi: 3000 } : { data: { uid: '3256' } };
      await world.setStatus('3256', 'RESERVED');
      await server.until(() => server.pushes.length >= 2);
      expect(server.lines).toEqual([
        'PATCH /locations/NL/AAA/LOC1/3256',
        'GET /locations/NL/AAA/LOC1/3256',
        'PUT /locations/NL/AAA/LOC1/3256',
      ]);
    });
  });

  it('LOC-24: a partner whose copy is right already gets no PUT', async () => {
    const { server } = await world.addPartner({ isLive: true });
    await world.stateLocation(aLocation());
    await world.startRunner();
    await server.until(() => server.pushes.length >= 1);
    const { evses } = server.requests[0]!.body;
    server.clear();
    server.script = ({ method }) =>
      method === 'PATCH'
        ? { ocpi: 3000 }
        : { data: { ...evses[0], status: 'CHARGING', last_updated: T1 } };
    await world.setStatus('3256', 'CHARGING', new Date(T1));
    await server.until(() => server.requests.length >= 2);
    await world.stateTariff(aTariff());
    await server.until(() => server.pushes.length >= 2);
    expect(server.lines).toEqual([
      'PATCH /locations/NL/AAA/LOC1/3256',
      'GET /locations/NL/AAA/LOC1/3256',
      'PUT /tariffs/NL/AAA/14',
    ]);
  });

  it('LOC-25, LOC-27, LOC-79: what is hidden is taken back as REMOVED, never deleted, and can come again', async () => {
    const { id, server } = await world.addPartner({ isLive: true, locationsShown: 'except' });
    const location = aLocation({ evses: [anEvse('1'), anEvse('2')] });
    const objectId = await world.stateLocation(location);
    await world.startRunner();
    await server.until(() => server.pushes.length >= 1);
    server.clear();
    const change = { kind: 'location', objectId, partyKey: 'NL*AAA', connectionId: id } as const;
    await world.source.query(`INSERT INTO object_grant VALUES ($1, 'location', 'NL*AAA', 'LOC1')`, [
      id,
    ]);
    await world.change({ ...change, aspect: 'hidden' });
    await server.until(() => server.pushes.length >= 1);
    await world.setStatus('1', 'CHARGING');
    await world.source.query('DELETE FROM object_grant');
    await world.change({ ...change, aspect: 'shown' });
    await server.until(() => server.pushes.length >= 2);
    expect(server.lines).toEqual(['PUT /locations/NL/AAA/LOC1', 'PUT /locations/NL/AAA/LOC1']);
    const statuses = server.requests.map(({ body }) =>
      body.evses.map((e: { status: string }) => e.status),
    );
    expect(statuses).toEqual([
      ['REMOVED', 'REMOVED'],
      ['CHARGING', 'AVAILABLE'],
    ]);
  });

  it('LOC-39: what is unpublished is withheld from 2.1.1, and taken back when it was shown', async () => {
    const old = await world.addPartner({ version: '2.1.1', isLive: true });
    const modern = await world.addPartner({ version: '2.2.1', isLive: true });
    await world.stateLocation(aLocation({ id: 'HIDDEN', publish: false, evses: [anEvse('9')] }));
    await world.stateLocation(aLocation());
    await world.startRunner();
    await old.server.until(() => old.server.pushes.length >= 1);
    await modern.server.until(() => modern.server.pushes.length >= 2);
    expect(old.server.lines).toEqual(['PUT /locations/NL/AAA/LOC1']);
    await world.stateLocation(aLocation({ publish: false }), [
      { aspect: 'content', fields: ['publish'] },
    ]);
    await old.server.until(() => old.server.pushes.length >= 2);
    expect(old.server.requests[1]?.body.evses[0].status).toBe('REMOVED');
  });

  it('VER-11, TER-04, LOC-10 (partial: push): who gets what', async () => {
    const noTariffs = await world.addPartner({ isLive: true, modules: ['locations'] });
    const smart = await world.addPartner({
      isLive: true,
      parties: [{ party: 'NL*SCS', role: 'SCSP' }],
    });
    const foreign = await world.addPartner({ isLive: true, hostedParties: ['NL*BBB'] });
    const only = await world.addPartner({ isLive: true, locationsShown: 'only' });
    const nsp = await world.addPartner({
      isLive: true,
      parties: [{ party: 'NL*NSP', role: 'NSP' }],
    });
    await world.stateTariff(aTariff());
    await world.stateLocation(aLocation());
    await world.startRunner();
    await nsp.server.until(() => nsp.server.pushes.length >= 2);
    await noTariffs.server.until(() => noTariffs.server.pushes.length >= 1);
    await only.server.until(() => only.server.pushes.length >= 1);
    expect(noTariffs.server.lines).toEqual(['PUT /locations/NL/AAA/LOC1']);
    expect(only.server.lines).toEqual(['PUT /tariffs/NL/AAA/14']);
    expect(smart.server.lines).toEqual([]);
    expect(foreign.server.lines).toEqual([]);
  });

  it('ids are encoded in URLs, and a PUT profile gets no PATCH', async () => {
    const { server } = await world.addPartner({ isLive: true, profile: { locationsPush: 'put' } });
    await world.stateLocation(aLocation({ id: 'A/1 #2' }));
    await world.startRunner();
    await server.until(() => server.pushes.length >= 1);
    await world.setStatus('3256', 'CHARGING');
    await server.until(() => server.pushes.length >= 2);
    expect(server.lines).toEqual([
      'PUT /locations/NL/AAA/A%2F1%20%232',
      'PUT /locations/NL/AAA/A%2F1%20%232/3256',
    ]);
  });

  it.each([{ status: 404 }, { ocpi: 2003 }])(
    'LOC-24: a PUT profile gets the whole Location when the partner answers %j to the PUT of an EVSE',
    async (unknown) => {
      const profile = { locationsPush: 'put' } as const;
      const { server } = await world.addPartner({ isLive: true, profile });
      await world.stateLocation(aLocation());
      await world.startRunner();
      await server.until(() => server.pushes.length >= 1);
      const evseId = await world.evseId('3256');
      for (const change of [
        () => world.setStatus('3256', 'CHARGING'),
        () => world.stateLocation(aLocation(), [{ ...NODE, evseId }]),
      ]) {
        server.clear();
        server.script = ({ path }) => (path.endsWith('/3256') ? unknown : undefined);
        await change();
        await server.until(() => server.pushes.length >= 2);
        expect(server.lines).toEqual([
          'PUT /locations/NL/AAA/LOC1/3256',
          'PUT /locations/NL/AAA/LOC1',
        ]);
      }
    },
  );

  it('the last request and answer about an object are kept for people', async () => {
    const { id, server } = await world.addPartner({ isLive: true });
    await world.stateLocation(aLocation());
    await world.startRunner();
    await server.until(() => server.pushes.length >= 1);
    await world.setStatus('3256', 'CHARGING');
    await eventually(async () => {
      const rows = await world.source.query('SELECT * FROM exchange ORDER BY kind');
      expect(rows).toMatchObject([
        { connection_id: id, kind: 'evse', object_name: 'NL*AAA/LOC1/3256', outcome: 'delivered' },
        { connection_id: id, kind: 'location', object_name: 'NL*AAA/LOC1', http_status: 200 },
      ]);
    });
  });
});
