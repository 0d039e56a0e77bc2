import { jest } from '@jest/globals';
import { OCPI_VERSIONS } from '#ocpi';
import { parkedPushes } from '#partner-push';
import { switchTariffs } from '../src/jobs/switch-tariffs.js';
import { exampleData, type Json, site } from './processor-harness.js';
import { at, bodyOf, NEWER, says, WireJourney } from './wire-journey.js';

/** Against hanging only. */
jest.setTimeout(120_000);

const URL_OF_TARIFF = '/tariffs/NL/AAA/T-REGULAR';
const CONNECTORS = ['HARBOUR-7-1', 'HARBOUR-7-2'].map(
  (uid) => `/locations/NL/AAA/HARBOUR-7/${uid}/1`,
);

/** Everything but the clock stays real. */
const REAL = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

describe('from the tariff the CSMS states to the wire', () => {
  let journey: WireJourney;
  beforeAll(async () => {
    journey = await WireJourney.open();
  });
  beforeEach(() => journey.begin());
  afterEach(async () => {
    jest.useRealTimers();
    await journey.end();
  });
  afterAll(() => journey.close());

  const lines = (version: (typeof OCPI_VERSIONS)[number]) =>
    journey.partners[version].pushes.map(({ method, path }) => `${method} ${path}`);
  const network = async (): Promise<void> => {
    await journey.say(says.tariff(at('07:00')), says.location(at('08:00')));
    journey.clear();
  };
  /** The connectors with these tariffs. */
  const sited = (tariff_ids: string[]) =>
    site({
      evses: site().evses!.map((evse) => ({
        ...evse,
        connectors: evse.connectors.map((connector) => ({ ...connector, tariff_ids })),
      })),
    });

  it('TAR-03, TAR-45, TAR-49: free of charge is one fee of zero, which the connectors name', async () => {
    const component = { type: 'FLAT', price: 0, step_size: 1 };
    const free = { elements: [{ price_components: [component] }] };
    await journey.say(says.tariff(at('07:00'), free), says.location(at('08:00')));
    for (const version of OCPI_VERSIONS) {
      const isOld = version === '2.1.1';
      expect(lines(version)).toEqual([`PUT ${URL_OF_TARIFF}`, 'PUT /locations/NL/AAA/HARBOUR-7']);
      const tariff = bodyOf(journey.pushed(version, 'tariffs'), 0);
      expect(tariff.elements).toEqual([{ price_components: [component] }]);
      const [{ connectors }] = bodyOf(journey.pushed(version, 'locations'), 0).evses;
      expect(connectors[0]).toMatchObject(
        isOld ? { tariff_id: 'T-REGULAR' } : { tariff_ids: ['T-REGULAR'] },
      );
      expect(await journey.list(version, 'tariffs')).toEqual([tariff]);
    }
  });

  it('TAR-12, TAR-13 (partial: stated, and checked against each other; applying them comes with price calculation), TAR-14, TAR-27, TAR-30, TAR-38, TAR-39, TAR-40, TAR-47, TAR-50, TAR-51, TAR-52: one tariff in the words of every version, pushed and pulled', async () => {
    const energy = { type: 'ENERGY', price: 0.605, vat: 21, step_size: 1 };
    const night = { start_time: '22:00', end_time: '06:00', day_of_week: ['FRIDAY'] };
    const fee = { price_components: [{ type: 'FLAT', price: 1.21, vat: 21, step_size: 5 }] };
    const rich = {
      tax_included: 'YES',
      tariff_alt_text: [{ language: 'en', text: 'Green energy' }],
      tariff_alt_url: 'https://cpo.example.com/tariff',
      min_price: { before_taxes: 1, after_taxes: 1.21 },
      max_price: { before_taxes: 10 },
      preauthorize_amount: 50,
      elements: [
        { price_components: [energy], restrictions: { ...night, min_duration: 60 } },
        { ...fee, restrictions: { reservation: 'RESERVATION' } },
        { ...fee, restrictions: { booking: 'BOOKING' } },
        { price_components: [{ ...energy, price: 1.21 }] },
      ],
    };
    await journey.say(says.tariff(at('07:00'), rich));
    const [v211, v221, v230] = OCPI_VERSIONS.map((version) =>
      bodyOf(journey.pushed(version, 'tariffs'), 0),
    );
    for (const [index, version] of OCPI_VERSIONS.entries()) {
      expect(await journey.list(version, 'tariffs')).toEqual([[v211, v221, v230][index]]);
    }
    const reservation = { ...fee.price_components[0], step_size: 1 };
    expect(v230).toMatchObject({
      tax_included: 'YES',
      min_price: rich.min_price,
      max_price: rich.max_price,
      tariff_alt_text: rich.tariff_alt_text,
    });
    expect(v230.elements).toEqual([
      rich.elements[0],
      { price_components: [reservation], restrictions: { reservation: 'RESERVATION' } },
      rich.elements[3],
    ]);
    expect(v221).toMatchObject({
      min_price: { excl_vat: 1, incl_vat: 1.21 },
      max_price: { excl_vat: 10 },
    });
    expect(v221.elements).toEqual([
      {
        price_components: [{ ...energy, price: 0.5 }],
        restrictions: rich.elements[0]!.restrictions,
      },
      {
        price_components: [{ ...reservation, price: 1 }],
        restrictions: { reservation: 'RESERVATION' },
      },
      { price_components: [{ ...energy, price: 1 }] },
    ]);
    const { vat: _vat, ...net } = energy;
    expect(v211.elements).toEqual([
      { price_components: [{ ...net, price: 0.5 }], restrictions: rich.elements[0]!.restrictions },
      { price_components: [{ ...net, price: 1 }] },
    ]);
    for (const absent of ['min_price', 'max_price', 'type', 'country_code']) {
      expect(v211).not.toHaveProperty(absent);
    }
    for (const wire of [v211, v221, v230]) expect(wire).not.toHaveProperty('preauthorize_amount');
    for (const wire of [v211, v221]) expect(wire).not.toHaveProperty('tax_included');
  });

  it('TAR-04, TAR-05, TAR-06: a change is a PUT; a withdrawn tariff leaves the connectors before it is deleted', async () => {
    await network();
    await journey.say(says.tariff(at('09:00'), { currency: 'CHF', last_updated: at('09:00') }));
    for (const version of OCPI_VERSIONS) {
      expect(lines(version)).toEqual([`PUT ${URL_OF_TARIFF}`]);
      expect(bodyOf(journey.pushed(version, 'tariffs'), 0)).toMatchObject({ currency: 'CHF' });
    }
    journey.clear();
    await journey.say(says.tariffRemoved(at('12:30')));
    for (const version of OCPI_VERSIONS) {
      const told = lines(version);
      expect(told.at(-1)).toBe(`DELETE ${URL_OF_TARIFF}`);
      expect(told.slice(0, -1).sort()).toEqual(CONNECTORS.map((path) => `PUT ${path}`));
      for (const { body } of journey.pushed(version, 'locations')) {
        expect(body).not.toHaveProperty(version === '2.1.1' ? 'tariff_id' : 'tariff_ids');
      }
      expect(await journey.list(version, 'tariffs')).toEqual([]);
    }
  });

  it('TAR-05, TAR-06, TAR-09: a tariff that a version cannot show any more is unlinked and deleted there, and put elsewhere', async () => {
    await network();
    await journey.say(
      says.tariff(at('09:00'), { type: 'PROFILE_GREEN', last_updated: at('09:00') }),
    );
    const old = lines('2.1.1');
    expect(old.at(-1)).toBe(`DELETE ${URL_OF_TARIFF}`);
    expect(old.slice(0, -1).sort()).toEqual(CONNECTORS.map((path) => `PUT ${path}`));
    for (const version of NEWER) {
      expect(lines(version)).toEqual([`PUT ${URL_OF_TARIFF}`]);
      expect(bodyOf(journey.pushed(version, 'tariffs'), 0).type).toBe('PROFILE_GREEN');
    }
  });

  it('TAR-42, TAR-43: when one tariff follows another, 2.1.1 is told at that moment and later versions knew before', async () => {
    const turn = new Date('2026-06-01T00:00:00Z');
    const before = new Date(turn.getTime() - 60_000);
    const until = { id: 'T-OLD', end_date_time: turn.toISOString() };
    const from = { id: 'T-NEW', start_date_time: turn.toISOString() };
    jest.useFakeTimers({ now: before, doNotFake: [...REAL] });
    journey.clock.instant = before;
    await journey.say(
      says.tariff(at('07:00'), until),
      says.tariff(at('07:00'), from),
      says.location(at('08:00'), sited(['T-OLD', 'T-NEW'])),
    );
    const idOf = (version: (typeof OCPI_VERSIONS)[number]) =>
      journey.pushed(version, 'tariffs').map(({ body }) => body.id);
    expect(idOf('2.1.1')).toEqual(['T-OLD']);
    const [place] = journey.pushed('2.1.1', 'locations');
    expect(place?.body.evses[0].connectors[0].tariff_id).toBe('T-OLD');
    for (const version of NEWER) {
      expect(idOf(version).sort()).toEqual(['T-NEW', 'T-OLD']);
      const both = bodyOf(journey.pushed(version, 'locations'), 0).evses[0].connectors[0];
      expect(both.tariff_ids).toEqual(['T-OLD', 'T-NEW']);
    }
    journey.clear();
    const after = new Date(turn.getTime() + 1000);
    jest.setSystemTime(after);
    journey.clock.instant = after;
    await switchTariffs(journey.world.source, journey.signal, before, after);
    await journey.told();
    const told = lines('2.1.1');
    expect(told[0]).toBe('PUT /tariffs/NL/AAA/T-NEW');
    expect(told.slice(1, -1).sort()).toEqual(CONNECTORS.map((path) => `PATCH ${path}`));
    for (const { body } of journey.pushed('2.1.1', 'locations')) {
      expect(body).toMatchObject({ tariff_id: 'T-NEW' });
    }
    expect(told.at(-1)).toBe('DELETE /tariffs/NL/AAA/T-OLD');
    expect((await journey.list('2.1.1', 'tariffs')).map(({ id }: Json) => id)).toEqual(['T-NEW']);
    for (const version of NEWER) expect(lines(version)).toEqual([]);
  });

  describe.each(OCPI_VERSIONS)('a refusal of a %s partner', (version) => {
    const url = URL_OF_TARIFF;
    const seen = () => journey.partners[version].lines;
    /** Refuses the first request, and has this copy. */
    const refuseOnce = (copy: object): void => {
      let isFirst = true;
      journey.partners[version].script = ({ method }) => {
        if (method === 'GET') return copy;
        const answer = isFirst ? { ocpi: 2001, message: 'no' } : undefined;
        isFirst = false;
        return answer;
      };
    };

    it.each<[string, object, string[]]>([
      ['is missing', { status: 404 }, ['PUT', 'GET', 'PUT']],
      ['differs', { data: { id: 'T-REGULAR', currency: 'USD' } }, ['PUT', 'GET', 'PUT']],
    ])(
      `TAR-07 [${version}]: after a refused PUT the copy is read, and put again when it %s`,
      async (_, copy, expected) => {
        refuseOnce(copy);
        await journey.say(says.tariff(at('07:00')));
        expect(seen()).toEqual(expected.map((method) => `${method} ${url}`));
        expect(await parkedPushes(journey.world.source)).toEqual([]);
      },
    );

    it(`TAR-07 [${version}]: a copy that is right already is left alone`, async () => {
      await journey.say(says.tariff(at('07:00')));
      const data = bodyOf(journey.pushed(version, 'tariffs'), 0);
      const later = { ...data, last_updated: at('09:00'), extra: 'of the partner' };
      journey.clear();
      refuseOnce({ data: later });
      await journey.say(says.tariff(at('09:00'), { last_updated: at('09:00') }));
      expect(seen()).toEqual([]);
      await journey.say(
        says.tariff(at('09:01'), {
          tariff_alt_url: 'https://cpo.example.com/',
          last_updated: at('09:01'),
        }),
      );
      expect(seen()).toEqual([`PUT ${url}`, `GET ${url}`, `PUT ${url}`]);
      journey.clear();
      const now = {
        ...later,
        tariff_alt_url: 'https://cpo.example.com',
        last_updated: at('09:02'),
      };
      refuseOnce({ data: now });
      await journey.say(
        says.tariff(at('09:02'), {
          tariff_alt_url: 'https://cpo.example.com',
          last_updated: at('09:02'),
        }),
      );
      expect(seen()).toEqual([`PUT ${url}`, `GET ${url}`]);
    });

    it(`TAR-07 [${version}]: a refused DELETE is repeated while the copy is there`, async () => {
      await journey.say(says.tariff(at('07:00')));
      journey.clear();
      refuseOnce({ data: exampleData('tariff.upserted') });
      await journey.say(says.tariffRemoved(at('12:30')));
      expect(seen()).toEqual(['DELETE', 'GET', 'DELETE'].map((method) => `${method} ${url}`));
      await journey.say(says.tariff(at('13:00'), { last_updated: at('13:00') }));
      journey.clear();
      refuseOnce({ status: 404 });
      await journey.say(says.tariffRemoved(at('13:30')));
      expect(seen()).toEqual([`DELETE ${url}`, `GET ${url}`]);
      expect(await parkedPushes(journey.world.source)).toEqual([]);
    });
  });

  it('LOC-10 (partial: publish withdrawn and given, with other changes): 2.1.1 has the Location taken back, later versions read the flag', async () => {
    await network();
    const { facilities: _gone, ...rest } = site();
    const hidden = { ...rest, facilities: undefined, publish: false, last_updated: at('09:00') };
    await journey.say(says.location(at('09:00'), hidden));
    const url = '/locations/NL/AAA/HARBOUR-7';
    expect(lines('2.1.1')).toEqual([`PUT ${url}`]);
    const taken = bodyOf(journey.pushed('2.1.1', 'locations'), 0);
    expect(taken.evses.map(({ status }: Json) => status)).toEqual(['REMOVED', 'REMOVED']);
    for (const version of NEWER) {
      expect(bodyOf(journey.pushed(version, 'locations'), 0)).toMatchObject({ publish: false });
    }
    journey.clear();
    await journey.say(
      says.location(at('09:30'), { ...hidden, publish: true, last_updated: at('09:30') }),
    );
    expect(lines('2.1.1')).toEqual([`PUT ${url}`]);
    const back = bodyOf(journey.pushed('2.1.1', 'locations'), 0);
    expect(back.evses.map(({ status }: Json) => status)).toEqual(['AVAILABLE', 'AVAILABLE']);
  });

  it('TAR-24 (partial: stated in the words of every version; applying it comes with price calculation): on 2.1.1 a current limit is stated in kW while all connectors share an AC voltage, pushed, pulled and embedded alike', async () => {
    const elements = [
      {
        price_components: [{ type: 'ENERGY', price: 0.3, step_size: 1 }],
        restrictions: { max_current: 32 },
      },
      { price_components: [{ type: 'ENERGY', price: 0.4, step_size: 1 }] },
    ];
    const stated = says.tariff(at('07:00'), { elements });
    await journey.say(stated);
    expect(lines('2.1.1')).toEqual([]);
    await journey.say(says.location(at('08:00')));
    const [wire] = journey.pushed('2.1.1', 'tariffs').map(({ body }) => body);
    expect(wire.elements[0].restrictions).toEqual({ max_power: 7.36 });
    expect(await journey.list('2.1.1', 'tariffs')).toEqual([wire]);
    for (const version of NEWER) {
      const [newer] = await journey.list(version, 'tariffs');
      expect(newer.elements[0].restrictions).toEqual({ max_current: 32 });
    }
    const tariffIds = async () => {
      const [place] = await journey.list('2.1.1', 'locations');
      return place.evses.map(({ connectors: [{ tariff_id }] }: Json) => tariff_id);
    };
    expect(await tariffIds()).toEqual(['T-REGULAR', 'T-REGULAR']);

    await journey.say(says.started(at('09:00')), says.ended(at('10:00')));
    const { tariffs, ...cdr } = exampleData('cdr.issued');
    await journey.say(says.cdr(at('10:01'), { ...cdr, tariffs: [{ ...tariffs[0], elements }] }));
    const sent = bodyOf(journey.pushed('2.1.1', 'cdrs'), 0);
    expect(sent.tariffs[0].elements[0].restrictions).toEqual({ max_power: 7.36 });

    journey.clear();
    const [first, second] = site().evses!;
    const [connector] = second!.connectors;
    const direct = { ...connector!, power_type: 'DC', max_voltage: 400 };
    await journey.say(
      says.location(at('11:00'), {
        evses: [first, { ...second, connectors: [direct] }],
        last_updated: at('11:00'),
      }),
    );
    expect(lines('2.1.1').at(-1)).toBe(`DELETE ${URL_OF_TARIFF}`);
    expect(await journey.list('2.1.1', 'tariffs')).toEqual([]);
    expect(await tariffIds()).toEqual([undefined, undefined]);
    for (const version of NEWER) {
      expect(lines(version)).not.toContain(`DELETE ${URL_OF_TARIFF}`);
    }
  });
});
