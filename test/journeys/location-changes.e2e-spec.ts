import { type Location, OCPI_VERSIONS } from '#ocpi';
import { VisibilityService } from '#partners';
import { aLocation, anEvse, aTariff } from '../../libs/partner-push/test/objects.js';
import { type Json } from '../harness/api-harness.js';
import { event, LocationWorld, statusOf, T1, T2, upserted, wireTime } from './location-world.js';

describe('what the CSMS says of Locations, as partners get and read it', () => {
  let world: LocationWorld;
  beforeAll(async () => {
    world = await LocationWorld.start();
    await world.say(event('tariff.upserted', aTariff()));
  });
  afterAll(() => (world as LocationWorld | undefined)?.stop());
  const ofAll = () => [...world.peers.values()];

  const site = (id: string, fields: Partial<Location> = {}): Location =>
    aLocation({
      id,
      evses: ['A', 'B'].map((letter, n) =>
        anEvse(`${id}-${letter}`, { evse_id: `NL*AAA*E${id}*${n}` }),
      ),
      ...fields,
    });
  const lines = (peer: Parameters<LocationWorld['pushed']>[0], id: string) =>
    world.pushed(peer, id).map(({ line }) => line);

  it('LOC-08, LOC-30: ids are read without case; one in another case is refused and nobody hears of it', async () => {
    const stated = site('CASE');
    await world.say(upserted(stated));
    const evses = stated.evses!.map((evse) => ({ ...evse, uid: evse.uid.toLowerCase() }));
    const outcomes = await world.outcomes(
      upserted({ ...stated, id: 'case' }, T1),
      upserted({ ...stated, evses }, T2),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['parked', 'parked']);
    await world.told();
    for (const peer of ofAll()) {
      expect(lines(peer, 'CASE')).toEqual(['PUT CASE']);
      expect(lines(peer, 'case')).toEqual([]);
    }
    for (const version of ['2.2.1', '2.3.0'] as const) {
      expect((await world.read(world.peer(version), 'case')).id).toBe('CASE');
      expect((await world.read(world.peer(version), 'case/case-a')).uid).toBe('CASE-A');
    }
  });

  it('LOC-10: a partner is sent, lists and counts only what it may see, of the party it addresses', async () => {
    const some = await Promise.all(
      OCPI_VERSIONS.map((version) =>
        world.connect(`some-${version.replaceAll('.', '')}`, { version, locationsShown: 'only' }),
      ),
    );
    const ids = ['SEEN1', 'SEEN2', 'UNSEEN'];
    const grants = ids.slice(0, 2).map((id) => ({ country_code: 'NL', party_id: 'AAA', id }));
    const other = { country_code: 'NL', party_id: 'BBB' };
    for (const { id } of some) {
      const objects = [...grants, { ...other, id: 'SEEN3' }];
      await world.api.app.get(VisibilityService).set(id, 'location', { rule: 'only', objects });
    }
    await world.say(
      ...ids.map((id) => upserted(site(id))),
      upserted(site('SEEN3', { ...other, evses: [] })),
    );
    const addressing = (party: string) => ({
      'OCPI-to-country-code': 'NL',
      'OCPI-to-party-id': party,
      'OCPI-from-country-code': 'DE',
      'OCPI-from-party-id': 'EMP',
    });
    for (const peer of some) {
      const isOld = peer.version === '2.1.1'; // stands towards one party, and has no headers to address another
      const paths = peer.server.pushes.map(({ path }) => path.slice('/locations/NL/'.length));
      expect(paths.sort()).toEqual(['AAA/SEEN1', 'AAA/SEEN2', ...(isOld ? [] : ['BBB/SEEN3'])]);
      const first = await world.get(peer, 'locations', isOld ? {} : addressing('AAA'));
      expect(first.headers['x-total-count']).toBe('2');
      expect(first.json.data.map(({ id }: Json) => id)).toEqual(['SEEN1', 'SEEN2']);
      if (isOld) continue;
      expect(first.json.data.map(({ party_id }: Json) => party_id)).toEqual(['AAA', 'AAA']);
      const second = await world.get(peer, 'locations', addressing('BBB'));
      expect(second.headers['x-total-count']).toBe('1');
      expect(second.json.data).toMatchObject([{ id: 'SEEN3', party_id: 'BBB' }]);
    }
  });

  it('LOC-12, LOC-27: a closed site is pushed as REMOVED and found by the date of its removal', async () => {
    await world.say(upserted(site('CLOSED')));
    const closing = { country_code: 'NL', party_id: 'AAA', id: 'CLOSED' };
    await world.say(event('location.removed', closing, T1));
    for (const peer of ofAll()) {
      expect(lines(peer, 'CLOSED')[0]).toBe('PUT CLOSED');
      const patches = world.pushed(peer, 'CLOSED').slice(1);
      expect(patches.map(({ line }) => line).sort()).toEqual([
        'PATCH CLOSED/CLOSED-A',
        'PATCH CLOSED/CLOSED-B',
      ]);
      const stamp = wireTime(peer.version, T1);
      for (const { body } of patches) {
        expect(body).toEqual({ status: 'REMOVED', last_updated: stamp });
      }
      const page = await world.get(peer, `locations?date_from=${stamp}`);
      const found = page.json.data.find(({ id }: Json) => id === 'CLOSED');
      expect(found.last_updated).toBe(stamp);
      expect(found.evses.map((evse: Json) => evse.status)).toEqual(['REMOVED', 'REMOVED']);
    }
  });

  it('LOC-22: a Connector stamps its EVSE and Location, an EVSE its Location, nothing else', async () => {
    const stated = site('STAMPS');
    await world.say(upserted(stated));
    const [first, second] = stated.evses!;
    const connectors = [{ ...first!.connectors[0]!, max_amperage: 16, last_updated: T1 }];
    await world.say(upserted({ ...stated, evses: [{ ...first!, connectors }, second!] }, T1));
    const before = stated.evses![1]!.last_updated;
    const stampsOf = ({ last_updated, evses }: Json) => [
      last_updated,
      ...evses.flatMap((evse: Json) => [evse.last_updated, evse.connectors[0].last_updated]),
    ];
    for (const peer of ofAll()) {
      const [t, old] = [wireTime(peer.version, T1), wireTime(peer.version, before)];
      expect(stampsOf(await world.read(peer, 'STAMPS'))).toEqual([t, t, t, old, old]);
    }
    await world.say(statusOf('STAMPS', 'STAMPS-B', 'CHARGING', T2));
    for (const peer of ofAll()) {
      const at = (stamp: string) => wireTime(peer.version, stamp);
      const expected = [at(T2), at(T1), at(T1), at(T2), at(before)];
      expect(stampsOf(await world.read(peer, 'STAMPS'))).toEqual(expected);
      const bodies = world.pushed(peer, 'STAMPS').map(({ body }) => body.last_updated);
      expect(bodies.slice(1)).toEqual([at(T1), at(T2)]);
    }
  });

  it('LOC-28, LOC-74: a schedule announces, open ended or not; the status itself is pushed when it comes', async () => {
    const stated = site('PLAN');
    await world.say(upserted(stated));
    const [first, second] = stated.evses!;
    const status_schedule = [{ period_begin: T2, status: 'REMOVED' as const }];
    const announced = { ...first!, status_schedule, last_updated: T1 };
    await world.say(upserted({ ...stated, evses: [announced, second!] }, T1));
    await world.say(statusOf('PLAN', 'PLAN-A', 'REMOVED', T2));
    for (const peer of ofAll()) {
      const at = (stamp: string) => wireTime(peer.version, stamp);
      expect(world.pushed(peer, 'PLAN').slice(1)).toEqual([
        {
          line: 'PATCH PLAN/PLAN-A',
          body: {
            status_schedule: [{ period_begin: at(T2), status: 'REMOVED' }],
            last_updated: at(T1),
          },
        },
        { line: 'PATCH PLAN/PLAN-A', body: { status: 'REMOVED', last_updated: at(T2) } },
      ]);
    }
  });

  it('LOC-29, LOC-32: a connector goes with its EVSE; the rest comes back as a new EVSE with the printed id', async () => {
    const stated = site('PARTS');
    const [first, second] = stated.evses!;
    const two = [first!.connectors[0]!, { ...first!.connectors[0]!, id: '2' }];
    await world.say(upserted({ ...stated, evses: [{ ...first!, connectors: two }, second!] }));
    const [alone] = await world.outcomes(
      upserted({ ...stated, evses: [{ ...first!, last_updated: T1 }, second!] }, T1),
    );
    expect(alone).toMatchObject({
      outcome: 'parked',
      reason: expect.stringMatching(/connector 2/),
    });
    const successor = { ...first!, uid: 'PARTS-C', last_updated: T2 };
    await world.say(upserted({ ...stated, evses: [second!, successor] }, T2));
    for (const peer of ofAll()) {
      const at = (stamp: string) => wireTime(peer.version, stamp);
      const [sight, change, ...more] = world.pushed(peer, 'PARTS');
      expect(sight!.body.evses.map((e: Json) => e.connectors.map((c: Json) => c.id))).toEqual([
        ['1', '2'],
        ['1'],
      ]);
      expect(more).toEqual([]);
      expect(change!.line).toBe('PUT PARTS');
      const [removed, same, fresh] = change!.body.evses;
      expect(removed).toMatchObject({ uid: 'PARTS-A', status: 'REMOVED', last_updated: at(T2) });
      expect(removed).not.toHaveProperty('evse_id');
      expect(same).toMatchObject({ uid: 'PARTS-B', status: 'AVAILABLE' });
      expect(fresh).toMatchObject({ uid: 'PARTS-C', evse_id: first!.evse_id });
      expect(fresh.connectors.map((c: Json) => c.id)).toEqual(['1']);
    }
  });

  it('LOC-31: a charger that moves is REMOVED where it was and comes with a fresh uid where it is', async () => {
    const [from, to] = [site('FROM'), site('TO')];
    await world.say(upserted(from), upserted(to));
    const moved = { ...from.evses![0]!, uid: 'MOVED', last_updated: T1 };
    await world.say(statusOf('FROM', 'FROM-A', 'REMOVED', T1));
    await world.say(upserted({ ...to, evses: [...to.evses!, moved] }, T1));
    for (const peer of ofAll()) {
      expect(lines(peer, 'FROM')).toEqual(['PUT FROM', 'PATCH FROM/FROM-A']);
      expect(world.pushed(peer, 'FROM')[1]!.body.status).toBe('REMOVED');
      expect(lines(peer, 'TO')).toEqual(['PUT TO', 'PUT TO/MOVED']);
      expect(world.pushed(peer, 'TO')[1]!.body).toMatchObject({
        uid: 'MOVED',
        status: 'AVAILABLE',
      });
    }
  });

  it('LOC-37, LOC-38: hidden EVSEs form a Location of their own with publish false; a private site is nowhere', async () => {
    const stated = site('PUBLIC');
    await world.say(upserted(stated));
    const hidden = { ...stated.evses![1]!, uid: 'HIDDEN-B', last_updated: T1 };
    await world.say(statusOf('PUBLIC', 'PUBLIC-B', 'REMOVED', T1));
    await world.say(upserted(site('HIDDEN', { publish: false, evses: [hidden] }), T1));
    for (const version of ['2.2.1', '2.3.0'] as const) {
      const peer = world.peer(version);
      expect(lines(peer, 'PUBLIC')).toEqual(['PUT PUBLIC', 'PATCH PUBLIC/PUBLIC-B']);
      expect(lines(peer, 'HIDDEN')).toEqual(['PUT HIDDEN']);
      const [open, closed] = [await world.read(peer, 'PUBLIC'), await world.read(peer, 'HIDDEN')];
      expect([open.publish, closed.publish]).toEqual([true, false]);
      expect(closed).not.toHaveProperty('publish_allowed_to');
      expect(closed.evses.map((evse: Json) => evse.uid)).toEqual(['HIDDEN-B']);
      expect(open.evses.map((evse: Json) => evse.status)).toEqual(['AVAILABLE', 'REMOVED']);
      // A private site is one that the CSMS states for nobody: the gateway knows nothing it could send.
      expect((await world.get(peer, 'locations/PRIVATE')).status).toBe(404);
    }
  });

  it('LOC-53: free charging names a free tariff, which partners have before the Connector', async () => {
    const price_components = [{ type: 'FLAT' as const, price: 0, step_size: 1 }];
    const free = aTariff({ id: 'FREE', elements: [{ price_components }] });
    const stated = site('GRATIS');
    const withTariff = (tariff_ids: string[]) =>
      stated.evses!.map((evse) => ({
        ...evse,
        connectors: evse.connectors.map((c) => ({ ...c, tariff_ids })),
      }));
    const [bare] = await world.outcomes(upserted({ ...stated, evses: withTariff([]) }));
    expect(bare?.warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('free charging has a free tariff')]),
    );
    await world.say(
      upserted({ ...stated, evses: withTariff(['FREE']) }, T1),
      event('tariff.upserted', free, T1),
    );
    for (const peer of ofAll()) {
      const paths = peer.server.pushes.map(({ path }) => path);
      const named = peer.server.pushes.findIndex(
        ({ path, body }) => path.includes('/GRATIS') && /FREE/.test(JSON.stringify(body)),
      );
      const tariff = paths.indexOf('/tariffs/NL/AAA/FREE');
      expect(tariff).toBeGreaterThan(-1);
      expect(named).toBeGreaterThan(tariff);
      const [component] = peer.server.pushes[tariff]!.body.elements[0].price_components;
      expect(component).toMatchObject({ type: 'FLAT', price: 0 });
      const [connector] = (await world.read(peer, 'GRATIS/GRATIS-A')).connectors;
      expect(peer.version === '2.1.1' ? connector.tariff_id : connector.tariff_ids?.[0]).toBe(
        'FREE',
      );
    }
  });

  it('LOC-54, LOC-76: what can be used at once is an EVSE each; busy hardware takes its siblings out', async () => {
    const evses = ['1', '2'].map((plug) =>
      anEvse(`OCPP16-${plug}`, { evse_id: `NL*AAA*EOCPP16*${plug}` }),
    );
    const shared = anEvse('SHARED', {
      connectors: [
        { ...evses[0]!.connectors[0]!, id: '1' },
        { ...evses[0]!.connectors[0]!, id: '2', format: 'CABLE' },
      ],
    });
    await world.say(upserted(site('OCPP16', { evses: [...evses, shared] })));
    await world.say(
      statusOf('OCPP16', 'OCPP16-1', 'CHARGING', T1),
      statusOf('OCPP16', 'OCPP16-2', 'BLOCKED', T1),
    );
    for (const peer of ofAll()) {
      const [sight, ...patches] = world.pushed(peer, 'OCPP16');
      expect(sight!.body.evses.map((evse: Json) => evse.connectors.length)).toEqual([1, 1, 2]);
      const told = patches.map(({ line, body }) => `${line} ${body.status}`);
      expect(told.sort()).toEqual([
        'PATCH OCPP16/OCPP16-1 CHARGING',
        'PATCH OCPP16/OCPP16-2 BLOCKED',
      ]);
      const seen = await world.read(peer, 'OCPP16');
      expect(seen.evses.map((evse: Json) => evse.status)).toEqual([
        'CHARGING',
        'BLOCKED',
        'AVAILABLE',
      ]);
    }
  });

  it('LOC-61: a changed place is one PATCH of the Location with the full list, no EVSE is stamped', async () => {
    const place = (id: string, parking_space_width: number) => ({
      id,
      vehicle_types: ['VAN' as const],
      restricted_to_type: false,
      reservation_required: false,
      parking_space_width,
    });
    const stated = site('BAYS', { parking_places: [place('B1', 250), place('B2', 250)] });
    await world.say(upserted(stated));
    const parking_places = [place('B1', 250), place('B2', 300)];
    await world.say(upserted({ ...stated, parking_places, last_updated: T1 }, T1));
    const peer = world.peer('2.3.0');
    expect(world.pushed(peer, 'BAYS').slice(1)).toEqual([
      { line: 'PATCH BAYS', body: { parking_places, last_updated: T1 } },
    ]);
    const seen = await world.read(peer, 'BAYS');
    expect(seen.evses.map((evse: Json) => evse.last_updated)).toEqual(
      stated.evses!.map((evse) => evse.last_updated),
    );
    expect(lines(world.peer('2.2.1'), 'BAYS')).toEqual(['PUT BAYS']);
  });

  it('LOC-64: a copy with unknown fields and values is no difference, and values of our own reach 2.3.0 only', async () => {
    const stated = site('OPEN', { facilities: ['BOULDER_GYM'] });
    await world.say(upserted(stated));
    for (const peer of ofAll()) {
      const [sight] = world.pushed(peer, 'OPEN');
      expect(sight!.body.facilities).toEqual(
        peer.version === '2.3.0' ? ['BOULDER_GYM'] : undefined,
      );
    }
    const { server } = world.peer('2.3.0');
    server.script = ({ method, path }) => {
      if (!path.includes('/OPEN')) return undefined;
      if (method === 'PATCH') return { status: 500, ocpi: 3000 };
      const copy = { ...anEvse('OPEN-A'), evse_id: 'NL*AAA*EOPEN*0', status: 'CHARGING' };
      return { data: { ...copy, last_updated: T1, foo: { bar: ['NEW_X'] } } };
    };
    await world.say(statusOf('OPEN', 'OPEN-A', 'CHARGING', T1));
    server.script = undefined;
    const requests = server.requests.filter(({ path }) => path.includes('/OPEN'));
    expect(requests.map(({ method }) => method)).toEqual(['PUT', 'PATCH', 'GET']);
  });
});
