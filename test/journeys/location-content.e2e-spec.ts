import { type Connector, type Evse, type Location, type Parking } from '#ocpi';
import { aLocation, anEvse, aTariff } from '../../libs/partner-push/test/objects.js';
import { type Json } from '../harness/api-harness.js';
import { event, LocationWorld, type Peer, T1, upserted } from './location-world.js';

const url = (length: number): string => 'https://e.example/'.padEnd(length, 'x');
const letters = (length: number): string => 'abcdefgh '.repeat(57).slice(0, length - 1) + 'z';
const connector = (fields: Partial<Connector> = {}): Connector => ({
  ...anEvse('x').connectors[0]!,
  ...fields,
});
const place = (fields: Partial<Parking> = {}): Parking => ({
  id: 'P1',
  vehicle_types: ['PERSONAL_VEHICLE'],
  restricted_to_type: false,
  reservation_required: false,
  ...fields,
});
const image = (fields: object = {}) => ({
  url: url(30),
  category: 'CHARGER' as const,
  type: 'png',
  ...fields,
});

describe('what stands in a Location, from the CSMS to the wire', () => {
  let world: LocationWorld;
  const special: Record<string, Peer> = {};
  beforeAll(async () => {
    world = await LocationWorld.start();
    const hostedParties = ['NL*AAA'];
    special['nap'] = await world.connect('nap', {
      version: '2.3.0',
      hostedParties,
      parties: [['DE*NAP', 'NAP']],
      profile: { acceptedServiceProviders: true },
    });
    const emp = { version: '2.3.0', hostedParties } as const;
    special['noParking'] = await world.connect('no-parking', {
      ...emp,
      profile: { sendParking: false },
    });
    special['utf8'] = await world.connect('utf8', {
      version: '2.1.1',
      hostedParties,
      profile: { asciiOnly: false },
    });
    await world.say(event('tariff.upserted', aTariff()));
  });
  afterAll(() => (world as LocationWorld | undefined)?.stop());

  let count = 0;
  const ofAll = () => [...world.peers.values()];
  /** What every partner was pushed of a Location with these fields; the same as it reads. */
  async function seen(
    fields: Partial<Location>,
    evse: Partial<Evse> = {},
  ): Promise<Map<Peer, Json>> {
    count += 1;
    const id = `SITE-${count}`;
    const own = anEvse(`${id}-1`, { evse_id: `NL*AAA*E${count}`, ...evse });
    await world.say(upserted(aLocation({ id, evses: [own], ...fields })));
    const found = new Map<Peer, Json>();
    for (const peer of [...ofAll(), ...Object.values(special)]) {
      const [sight] = world.pushed(peer, fields.id ?? id);
      if (sight === undefined) continue;
      expect(await world.read(peer, fields.id ?? id)).toEqual(sight.body);
      found.set(peer, sight.body);
    }
    return found;
  }
  const at = (found: Map<Peer, Json>, version: '2.1.1' | '2.2.1' | '2.3.0'): Json =>
    found.get(world.peer(version));
  const modern = ['2.2.1', '2.3.0'] as const;

  const tokens = (...list: object[]) => ({ publish: false, publish_allowed_to: list });
  const evseWith = (fields: object) => ({ evses: [{ ...anEvse('BAD'), ...fields }] });
  const connectorWith = (fields: object) =>
    evseWith({ connectors: [{ ...connector(), ...fields }] });
  const parking = (fields: object) => ({ parking_places: [{ ...place(), ...fields }] });
  const mix = (fields: object) => ({ energy_mix: { is_green_energy: true, ...fields } });

  it.each<[string, Record<string, unknown>, string]>([
    ['LOC-36: visual_number without issuer', tokens({ visual_number: '1' }), 'issuer'],
    ['LOC-36: uid without type', tokens({ uid: '1' }), 'type'],
    ['LOC-36: a token without any id', tokens({ issuer: 'x' }), 'publish_allowed_to'],
    ['LOC-47: alpha-2 as country', { country: 'BE' }, 'country'],
    ['LOC-47: alpha-3 as country_code', { country_code: 'NLD' }, 'country_code'],
    ['LOC-57: a missing place', evseWith({ parking: [{ parking_id: 'P9' }] }), 'parking_id'],
    [
      'LOC-57: one place id twice',
      { parking_places: [place(), place({ id: 'p1' })] },
      'parking_places',
    ],
    [
      'LOC-58: a place without vehicle_types',
      parking({ vehicle_types: undefined }),
      'vehicle_types',
    ],
    ['LOC-58: a place with an empty list', parking({ vehicle_types: [] }), 'vehicle_types'],
    ['LOC-62: a phone of 26', { help_phone: '1'.repeat(26) }, 'help_phone'],
    [
      'LOC-62: a provider of 51',
      evseWith({ accepted_service_providers: ['x'.repeat(51)] }),
      'accepted_service_providers',
    ],
    ['LOC-66: an image URL of 300', { images: [image({ url: url(300) })] }, 'url'],
    ['LOC-66: an image type of 5', { images: [image({ type: 'photo' })] }, 'type'],
    [
      'LOC-68: a physical_reference of 13',
      parking({ physical_reference: '1'.repeat(13) }),
      'physical_reference',
    ],
    ['LOC-68: a standard of 37', parking({ standards: ['1'.repeat(37)] }), 'standards'],
    ['LOC-71: PowerType DC_DUAL', connectorWith({ power_type: 'DC_DUAL' }), 'power_type'],
    ['LOC-71: status available', evseWith({ status: 'available' }), 'status'],
    ['LOC-73: a mix without its flag', mix({ is_green_energy: undefined }), 'is_green_energy'],
    [
      'LOC-73: green with CO2',
      mix({ environ_impact: [{ category: 'CARBON_DIOXIDE', amount: 372 }] }),
      'environ_impact',
    ],
    ['LOC-75: a name as EVSE id', evseWith({ evse_id: 'Charger 3' }), 'evse_id'],
    [
      'LOC-44: a closing that ends first',
      {
        opening_times: {
          twentyfourseven: true,
          exceptional_closings: [
            { period_begin: '2026-12-25T05:00:00Z', period_end: '2026-12-25T03:00:00Z' },
          ],
        },
      },
      'exceptional_closings',
    ],
  ])('%s is refused and sent to nobody', async (_title, fields, reason) => {
    const before = ofAll().map(({ server }) => server.pushes.length);
    const [outcome] = await world.outcomes(
      upserted({ ...aLocation({ id: 'REFUSED' }), ...fields }),
    );
    expect(outcome).toEqual({ outcome: 'parked', reason: expect.stringContaining(reason) });
    await world.told();
    expect(ofAll().map(({ server }) => server.pushes.length)).toEqual(before);
    for (const peer of ofAll()) {
      expect((await world.get(peer, 'locations/REFUSED')).status).toBe(404);
    }
  });

  it('LOC-80 [all]: what lacks a mandatory field is sent to nobody and the operator is told; what is sent has all', async () => {
    const site = aLocation({ id: 'BLANK' });
    const blank = (object: object, field: string) => ({ ...object, [field]: undefined });
    const evse = anEvse('BLANK-1');
    const bad: [string, object][] = [
      ...'country_code party_id id publish address city country coordinates time_zone last_updated'
        .split(' ')
        .map((field): [string, object] => [field, blank(site, field)]),
      ...['address', 'city', 'time_zone'].map((field): [string, object] => [
        field,
        { ...site, [field]: '' },
      ]),
      ...['uid', 'status', 'connectors', 'last_updated'].map((field): [string, object] => [
        field,
        { ...site, evses: [blank(evse, field)] },
      ]),
      ['connectors', { ...site, evses: [{ ...evse, connectors: [] }] }],
      ...'id standard format power_type max_voltage max_amperage last_updated'
        .split(' ')
        .map((field): [string, object] => [
          field,
          { ...site, evses: [{ ...evse, connectors: [blank(connector(), field)] }] },
        ]),
    ];
    for (const [field, data] of bad) {
      const [outcome] = await world.outcomes(event('location.upserted', data));
      expect([field, outcome?.outcome]).toEqual([field, 'parked']);
      expect(outcome?.reason).toContain(field);
    }
    const kept = await world.api.dataSource.query(
      `SELECT count(*)::int AS n FROM parked_event WHERE reason LIKE '%max_amperage%'`,
    );
    expect(kept).toEqual([{ n: 1 }]);
    await world.told();
    for (const peer of ofAll()) expect(world.pushed(peer, 'BLANK')).toEqual([]);

    const { postal_code: _none, ...least } = aLocation({ id: 'LEAST' });
    await world.say(upserted(least), upserted(aLocation({ id: 'EMPTY', evses: [] })));
    const all = 'id address city country coordinates last_updated'.split(' ');
    for (const peer of ofAll()) {
      const isOld = peer.version === '2.1.1';
      const body = world.pushed(peer, 'LEAST')[0]!.body;
      const more = isOld
        ? ['type', 'postal_code']
        : ['country_code', 'party_id', 'publish', 'time_zone'];
      expect(Object.keys(body)).toEqual(expect.arrayContaining([...all, ...more]));
      expect(Object.keys(body.evses[0])).toEqual(
        expect.arrayContaining(['uid', 'status', 'connectors', 'last_updated']),
      );
      const electric = isOld ? ['voltage', 'amperage'] : ['max_voltage', 'max_amperage'];
      expect(Object.keys(body.evses[0].connectors[0])).toEqual(
        expect.arrayContaining(['id', 'standard', 'format', 'power_type', ...electric]),
      );
      expect(world.pushed(peer, 'EMPTY')).toHaveLength(1);
    }
  });

  it('LOC-36, LOC-38, LOC-71: lists of tokens and values of open enums go out as stated', async () => {
    const list = [{ visual_number: '1', issuer: 'x' }, { group_id: 'G' }];
    const found = await seen({ publish: false, publish_allowed_to: list });
    for (const version of modern) {
      expect(at(found, version)).toMatchObject({ publish: false, publish_allowed_to: list });
    }
    expect(at(found, '2.1.1')).toBeUndefined();
    const open = await seen({ facilities: ['BOULDER_GYM', 'HOTEL'] });
    expect(at(open, '2.3.0').facilities).toEqual(['BOULDER_GYM', 'HOTEL']);
    expect(at(open, '2.2.1').facilities).toEqual(['HOTEL']);
    expect(at(open, '2.1.1').facilities).toEqual(['HOTEL']);
  });

  it('LOC-41 [2.2.1+], LOC-47: the time zone is one the tz database knows; country is alpha-3, country_code alpha-2', async () => {
    for (const time_zone of ['Europe/Atlantis', '+01:00']) {
      const [outcome] = await world.outcomes(upserted(aLocation({ id: 'ZONE', time_zone })));
      expect(outcome?.reason).toContain('time_zone');
    }
    const found = await seen({ time_zone: 'Europe/Oslo', country: 'NOR' });
    for (const [{ version }, body] of found) {
      expect(body).toMatchObject({ time_zone: 'Europe/Oslo', country: 'NOR' });
      expect(body.country_code).toBe(version === '2.1.1' ? undefined : 'NL');
    }
  });

  it('LOC-42 [all], LOC-44, LOC-45: opening hours in the form of the version, exceptions in UTC, charging when closed', async () => {
    const always = await seen({ opening_times: { twentyfourseven: true } });
    for (const body of always.values()) {
      expect(body.opening_times).toEqual({ twentyfourseven: true });
      expect(body).not.toHaveProperty('charging_when_closed');
    }
    const closing = {
      period_begin: '2026-12-25T03:00:00+01:00',
      period_end: '2026-12-25T05:00:00+01:00',
    };
    const regular_hours = [{ weekday: 5, period_begin: '20:00', period_end: '23:59' }];
    const hours = {
      opening_times: { twentyfourseven: false, regular_hours, exceptional_closings: [closing] },
      charging_when_closed: false,
    };
    for (const [{ version }, body] of await seen(hours)) {
      expect(body.charging_when_closed).toBe(false);
      expect(body.opening_times).toEqual({
        ...(version !== '2.1.1' && { twentyfourseven: false }),
        regular_hours,
        exceptional_closings: [
          { period_begin: '2026-12-25T02:00:00Z', period_end: '2026-12-25T04:00:00Z' },
        ],
      });
    }
    for (const opening_times of [{ twentyfourseven: false }, { regular_hours }]) {
      const data = { ...aLocation({ id: 'HOURS' }), opening_times } as Location;
      const [outcome] = await world.outcomes(upserted(data));
      expect(outcome?.outcome).toBe('parked');
    }
    const overlapping = {
      opening_times: {
        twentyfourseven: true,
        exceptional_openings: [closing],
        exceptional_closings: [closing],
      },
    };
    const [warned] = await world.outcomes(upserted(aLocation({ id: 'OVER', ...overlapping })));
    expect(warned?.warnings?.join()).toContain('overlaps an exceptional opening');
  });

  it('LOC-45: a copy in which the default is written out is read as the same', async () => {
    await world.say(upserted(aLocation({ id: 'DEFAULT', evses: [] })));
    const { server } = world.peer('2.2.1');
    const renamed = aLocation({ id: 'DEFAULT', evses: [], name: 'Renamed', last_updated: T1 });
    const { evses: _none, ...copy } = { ...renamed, charging_when_closed: true };
    server.script = ({ method, path }) => {
      if (!path.endsWith('/DEFAULT')) return undefined;
      return method === 'PATCH' ? { status: 500, ocpi: 3000 } : { data: copy };
    };
    await world.say(upserted(renamed, T1));
    server.script = undefined;
    const requests = server.requests.filter(({ path }) => path.endsWith('/DEFAULT'));
    expect(requests.map(({ method }) => method)).toEqual(['PUT', 'PATCH', 'GET']);
  });

  it.each([
    ['-33.5', '-33.500000', '-33.500000'],
    ['-33.86881', '-33.86881', '-33.868810'],
    ['51.04760', '51.04760', '51.047600'],
    ['51.047599', '51.047599', '51.047599'],
    ['51.0475997', '51.0475997', '51.047600'],
    ['-33.8688197', '-33.868820', '-33.868820'],
  ])(
    'LOC-46 [all], TYP-12 [all]: latitude %s is %s, and %s on 2.1.1',
    async (latitude, later, old) => {
      for (const [{ version }, body] of await seen({
        coordinates: { latitude, longitude: '3.729430' },
      })) {
        expect(body.coordinates.latitude).toBe(version === '2.1.1' ? old : later);
      }
    },
  );

  it('LOC-46 [all], TYP-12 [all]: a coordinate as a number is refused', async () => {
    const coordinates = { latitude: 51.0476, longitude: '3.729430' };
    const [outcome] = await world.outcomes(
      event('location.upserted', { ...aLocation({ id: 'NUMBER' }), coordinates }),
    );
    expect(outcome).toMatchObject({ outcome: 'parked' });
    expect(outcome?.reason).toContain('latitude');
  });

  it('LOC-50 [all]: volts, amperes and watts under the names of the version', async () => {
    const dc = {
      standard: 'IEC_62196_T2_COMBO' as const,
      format: 'CABLE' as const,
      power_type: 'DC' as const,
      max_voltage: 920,
      max_amperage: 400,
      max_electric_power: 150_000,
    };
    const connectors = [connector(), connector({ id: '2', ...dc })];
    for (const [{ version }, { evses }] of await seen({}, { connectors })) {
      const [ac, limited] = evses[0].connectors;
      if (version === '2.1.1') {
        expect([ac.voltage, ac.amperage, limited.voltage]).toEqual([230, 32, 920]);
        expect(Object.keys({ ...ac, ...limited }).filter((key) => key.startsWith('max_'))).toEqual(
          [],
        );
      } else {
        expect(ac).toMatchObject({ max_voltage: 230, max_amperage: 32 });
        expect(limited).toMatchObject({
          max_voltage: 920,
          max_amperage: 400,
          max_electric_power: 150_000,
        });
      }
    }
  });

  it('LOC-55 (partial: announced; the command itself is a later issue), LOC-56, LOC-63: capabilities are told where stated, and only there', async () => {
    const terminal = [
      'CHIP_CARD_SUPPORT',
      'CONTACTLESS_CARD_SUPPORT',
      'CREDIT_CARD_PAYABLE',
      'DEBIT_CARD_PAYABLE',
      'PED_TERMINAL',
    ];
    const capabilities = [...terminal, 'START_SESSION_CONNECTOR_REQUIRED'];
    const plugAndCharge = ['ISO_15118_2_PLUG_AND_CHARGE', 'ISO_15118_20_PLUG_AND_CHARGE'];
    const with15118 = [connector({ capabilities: plugAndCharge })];
    const equipped = await seen({}, { capabilities, connectors: with15118 });
    for (const version of modern) {
      expect(at(equipped, version).evses[0].capabilities).toEqual(capabilities);
    }
    expect(at(equipped, '2.3.0').evses[0].connectors[0].capabilities).toEqual(plugAndCharge);
    expect(at(equipped, '2.2.1').evses[0].connectors[0]).not.toHaveProperty('capabilities');
    const bare = await seen({}, { capabilities: ['RFID_READER', 'CREDIT_CARD_PAYABLE'] });
    for (const [{ version }, { evses }] of bare) {
      expect([version, evses[0].capabilities]).toEqual([
        version,
        ['RFID_READER', 'CREDIT_CARD_PAYABLE'],
      ]);
      expect(evses[0].connectors[0]).not.toHaveProperty('capabilities');
    }
  });

  it('LOC-57, LOC-58, LOC-60, LOC-68, LOC-70, LOC-78: parking as stated, switched off per partner, with advice', async () => {
    const parking_places = [
      place({
        vehicle_types: ['VAN', 'TRUCK_WITH_TRAILER'],
        drive_through: false,
        parking_space_width: 250,
        parking_space_length: 500,
        time_limit: 120,
      }),
      place({ id: 'P2', vehicle_types: ['DISABLED'], restricted_to_type: true }),
    ];
    const evses = ['1', '2'].map((n) =>
      anEvse(`BAY-${n}`, {
        evse_id: `NL*AAA*EBAY${n}`,
        parking: [{ parking_id: 'P2' }, { parking_id: 'P1', evse_position: 'LEFT' }],
        parking_restrictions: ['DISABLED'],
      }),
    );
    const location = aLocation({ id: 'BAYS', parking_places, evses });
    const [outcome] = await world.outcomes(upserted(location));
    expect(outcome?.outcome).toBe('applied');
    const advice = outcome?.warnings?.join('\n') ?? '';
    expect(advice).toMatch(/parking_places\[0\]: max_vehicle_weight.*dangerous_goods_allowed/);
    expect(advice).toMatch(/parking_places\[1\]\.images/);
    await world.told();
    const full = world.pushed(world.peer('2.3.0'), 'BAYS')[0]!.body;
    expect(full.parking_places).toEqual(parking_places);
    for (const [n, evse] of full.evses.entries()) {
      expect(evse.parking).toEqual(evses[n]!.parking);
      expect(evse.parking_restrictions).toEqual(['DISABLED']);
    }
    expect(await world.read(world.peer('2.3.0'), 'BAYS')).toEqual(full);
    const off = special['noParking']!;
    const list = (await world.get(off, 'locations')).json.data;
    const bodies = [
      world.pushed(off, 'BAYS')[0]!.body,
      await world.read(off, 'BAYS'),
      list.find(({ id }: Json) => id === 'BAYS'),
    ];
    for (const body of [...bodies, world.pushed(world.peer('2.2.1'), 'BAYS')[0]!.body]) {
      expect(body).not.toHaveProperty('parking_places');
      for (const evse of body.evses) {
        expect(evse).not.toHaveProperty('parking');
        expect(evse.parking_restrictions).toEqual(['DISABLED']);
      }
    }
    expect(await world.read(off, 'BAYS/BAY-1')).not.toHaveProperty('parking');
    const places = [place({ ...parking_places[1]!, images: [image()] })];
    await world.say(
      upserted(
        { ...location, parking_places: [parking_places[0]!, ...places], last_updated: T1 },
        T1,
      ),
    );
    expect(world.pushed(world.peer('2.3.0'), 'BAYS')).toHaveLength(2);
    expect(world.pushed(off, 'BAYS')).toHaveLength(1);
  });

  it('LOC-62: accepted providers are for access points, the help phone for all of 2.3.0', async () => {
    const accepted_service_providers = ['x'.repeat(50)];
    const help_phone = '+'.padEnd(25, '1');
    const found = await seen({ help_phone }, { accepted_service_providers });
    const nap = found.get(special['nap']!);
    expect(nap.evses[0].accepted_service_providers).toEqual(accepted_service_providers);
    expect(nap.help_phone).toBe(help_phone);
    expect(at(found, '2.3.0').evses[0]).not.toHaveProperty('accepted_service_providers');
    expect(at(found, '2.3.0').help_phone).toBe(help_phone);
    expect(at(found, '2.2.1')).not.toHaveProperty('help_phone');
  });

  it('LOC-66, LOC-77: pictures as stated, with advice; without operator the role of the credentials speaks', async () => {
    const found = await seen({ images: [image({ url: url(255), type: 'jpeg' })] });
    for (const [peer, body] of found) {
      expect(body.images).toMatchObject([{ url: url(255), type: 'jpeg' }]);
      expect(body).not.toHaveProperty('operator');
      const { data } = (await world.get(peer, 'credentials')).json;
      const details = data.business_details ?? data.roles[0].business_details;
      expect(details.name).toBe('CPO NL*AAA');
    }
    const small = [image({ width: 640, height: 480 })];
    const [warned] = await world.outcomes(upserted(aLocation({ id: 'SMALL', images: small })));
    const advice = warned?.warnings?.join('\n') ?? '';
    expect(warned?.outcome).toBe('applied');
    for (const part of ['a logo', '800 by 600', 'a thumbnail']) expect(advice).toContain(part);
    await world.told();
    for (const peer of ofAll()) expect(world.pushed(peer, 'SMALL')).toHaveLength(1);
  });

  it('LOC-72 [all]: every field at its length goes out whole, one more character is refused', async () => {
    const lengths: [string, number, (value: string) => object][] = [
      ['name', 255, (name) => ({ name })],
      ['city', 45, (city) => ({ city })],
      ['postal_code', 10, (postal_code) => ({ postal_code })],
      ['physical_reference', 16, (physical_reference) => evseWith({ physical_reference })],
      ['floor_level', 4, (floor_level) => evseWith({ floor_level })],
      ['text', 512, (text) => ({ directions: [{ language: 'nl', text }] })],
      ['name', 100, (name) => ({ operator: { name } })],
      ['supplier_name', 64, (supplier_name) => mix({ supplier_name })],
      ['energy_product_name', 64, (name) => mix({ energy_product_name: name })],
      ['uid', 36, (uid) => evseWith({ uid })],
      ['id', 36, (id) => connectorWith({ id })],
      ['url', 255, (text) => ({ images: [image({ url: url(text.length) })] })],
      ['visual_number', 64, (n) => tokens({ visual_number: n, issuer: n })],
      ['group_id', 36, (group_id) => tokens({ group_id })],
    ];
    for (const [n, [field, max, build]] of lengths.entries()) {
      const isId = ['uid', 'id', 'group_id'].includes(field);
      const text = (length: number) => (isId ? 'I'.repeat(length) : letters(length));
      const [tooLong] = await world.outcomes(
        upserted({ ...aLocation({ id: `MORE-${n}` }), ...build(text(max + 1)) }),
      );
      expect([field, tooLong?.outcome]).toEqual([field, 'parked']);
      const id = `LENGTH-${n}`;
      await world.say(upserted({ ...aLocation({ id, evses: [] }), ...build(text(max)) }));
      const expected = field === 'url' ? url(255) : text(max);
      for (const peer of ofAll()) {
        const [sight] = world.pushed(peer, id);
        if (peer.version === '2.1.1' && /visual|group/.test(field)) expect(sight).toBeUndefined();
        else expect(JSON.stringify(sight!.body)).toContain(expected);
      }
    }
    const [long] = await world.outcomes(upserted(aLocation({ id: 'L'.repeat(37) })));
    expect(long?.reason).toContain('id');
    const [language] = await world.outcomes(
      upserted(aLocation({ id: 'LANG', directions: [{ language: 'nld', text: 'x' }] })),
    );
    expect(language?.reason).toContain('language');
    await world.say(upserted(aLocation({ id: 'L'.repeat(36), evses: [] })));
  });

  it('LOC-73, LOC-75: a mix that is green in all, and printed ids with and without separators, go out', async () => {
    const energy_mix = {
      is_green_energy: true,
      energy_sources: [{ source: 'WIND' as const, percentage: 100 }],
      supplier_name: 'Wind',
    };
    for (const evse_id of ['BE*BEC*E041503001', 'BEBECE041503001']) {
      for (const body of (await seen({ energy_mix }, { evse_id })).values()) {
        expect(body.energy_mix).toEqual(energy_mix);
        expect(body.evses[0].evse_id).toBe(evse_id);
        expect(body.evses[0].uid).toMatch(/^SITE-/);
      }
    }
  });

  it('LOC-78: a bay for disabled drivers is a place and a restriction; where one is missing, advice says so', async () => {
    const [outcome] = await world.outcomes(
      upserted(
        aLocation({
          id: 'LONE',
          evses: [anEvse('LONE', { parking_restrictions: ['DISABLED'] })],
        }),
      ),
    );
    expect(outcome?.warnings?.join('\n')).toContain('should also be a parking place');
    const found = await seen(
      { parking_places: [place({ vehicle_types: ['DISABLED'], restricted_to_type: true })] },
      { parking: [{ parking_id: 'P1' }] },
    );
    expect(at(found, '2.3.0').parking_places).toHaveLength(1);
    for (const version of ['2.1.1', '2.2.1'] as const) {
      expect(at(found, version).evses[0].parking_restrictions).toEqual(['DISABLED']);
    }
  });

  it('TYP-03 [all], TYP-13: no control characters, no markup, and the character set of the version', async () => {
    const directions = [{ language: 'fr', text: '<b>À gauche</b>\nde la gare' }];
    const found = await seen({ name: 'Café\nA', directions });
    for (const [peer, body] of found) {
      const isAscii = peer === world.peer('2.1.1');
      expect([peer.id, body.name]).toEqual([peer.id, isAscii ? 'Cafe A' : 'Café A']);
      expect(body.directions).toEqual([
        { language: 'fr', text: isAscii ? 'A gauche de la gare' : 'À gauche de la gare' },
      ]);
    }
    const alt = (text: string) =>
      event('tariff.upserted', aTariff({ id: 'ALT', tariff_alt_text: [{ language: 'fr', text }] }));
    for (const text of ['<b>É</b>', 'É\nx']) {
      expect(await world.outcomes(alt(text))).toMatchObject([{ outcome: 'parked' }]);
    }
    await world.say(alt('É x'));
    for (const { server, version } of ofAll()) {
      const push = server.pushes.find(({ path }) => path.endsWith('/tariffs/NL/AAA/ALT'));
      expect(push?.body.tariff_alt_text[0]).toEqual({
        language: 'fr',
        text: version === '2.1.1' ? 'E x' : 'É x',
      });
    }
    for (const [language, text] of [
      ['fra', 'x'],
      ['fr', 'x'.repeat(513)],
    ] as const) {
      const data = aLocation({ id: 'TEXT', directions: [{ language, text }] });
      expect(await world.outcomes(upserted(data))).toMatchObject([{ outcome: 'parked' }]);
    }
  });
});
