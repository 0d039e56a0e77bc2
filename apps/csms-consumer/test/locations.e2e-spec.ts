import { parseStructured } from '#csms-contract';
import { type Location, OCPI_VERSIONS } from '#ocpi';
import { readFileSync } from 'node:fs';
import { type IncomingEvent } from '../src/events/incoming-event.js';
import { exampleData, type Json, incoming, ProcessorHarness, site } from './processor-harness.js';

let gateway: ProcessorHarness;
beforeAll(async () => {
  gateway = await ProcessorHarness.start();
});
beforeEach(() => gateway.clear());
afterAll(() => gateway.stop());

const upsert = (change: Partial<Location> = {}, parts = {}) =>
  incoming('location.upserted', site(change), { time: '2026-03-01T08:00:00Z', ...parts });
const status = (value: string, time: string, parts = {}) =>
  incoming(
    'evse.status-changed',
    { ...exampleData('evse.status-changed'), status: value },
    { time, ...parts },
  );
const evses = (change: (uid: string) => object = () => ({})) =>
  (site().evses ?? []).map((evse) => ({ ...evse, ...change(evse.uid) }));
const UID = 'HARBOUR-7-1';
const evseOf = async (version: (typeof OCPI_VERSIONS)[number] = '2.3.0', uid = UID) =>
  (await gateway.seen('HARBOUR-7', version)).evses.find((evse: Json) => evse.uid === uid);

it('takes the two examples that the contract sends by curl', async () => {
  const examples = ['location.upserted', 'evse.status-changed'].map((name): IncomingEvent => {
    const raw = readFileSync(`libs/csms-contract/examples/${name}.json`);
    const parsed = parseStructured(JSON.parse(raw.toString()));
    return { binding: 'http', origin: {}, raw, parsed };
  });
  expect(await gateway.send(...examples)).toEqual(['applied', 'applied']);
});

describe('a Location that the CSMS states', () => {
  it.each(OCPI_VERSIONS)('is stored with the text of %s', async (version) => {
    expect(await gateway.send(incoming('tariff.upserted', exampleData('tariff.upserted')))).toEqual(
      ['applied'],
    );
    expect(await gateway.send(upsert())).toEqual(['applied']);
    const seen = await gateway.seen('HARBOUR-7', version);
    expect(seen).toMatchObject({ id: 'HARBOUR-7', last_updated: '2026-03-01T08:00:00Z' });
    expect(seen.evses).toHaveLength(2);
    expect(seen.evses[0]).toMatchObject({ uid: UID, status: 'AVAILABLE' });
    expect(seen.evses[0].connectors[0]).toMatchObject(
      version === '2.1.1' ? { tariff_id: 'T-REGULAR' } : { tariff_ids: ['T-REGULAR'] },
    );
    expect(await gateway.changes()).toEqual([
      { kind: 'tariff', aspect: 'created' },
      { kind: 'location', aspect: 'created' },
    ]);
  });

  it('changes nothing when it is stated again, under the same id or another', async () => {
    const event = upsert();
    expect(await gateway.send(event, event, upsert())).toEqual([
      'applied',
      'duplicate',
      'unchanged',
    ]);
    expect(await gateway.send(event)).toEqual(['duplicate']);
    expect(await gateway.changes()).toHaveLength(1);
  });

  it('LOC-17, LOC-22 (partial: the log and the stamps): a new name is one change of fields, and stamps the Location alone', async () => {
    await gateway.send(upsert());
    await gateway.changes();
    expect(
      await gateway.send(upsert({ name: 'New name' }, { time: '2026-03-01T11:00:00Z' })),
    ).toEqual(['applied']);
    expect(await gateway.changes()).toEqual([
      { kind: 'location', aspect: 'fields', fields: ['name'] },
    ]);
    const seen = await gateway.seen('HARBOUR-7', '2.3.0');
    expect(seen.last_updated).toBe('2026-03-01T12:00:00Z');
    expect(seen.evses[0].last_updated).toBe('2026-03-01T08:00:00Z');
  });

  it('LOC-22 (partial: the stored stamps): a Connector change stamps Connector, EVSE and Location, no sibling', async () => {
    await gateway.send(upsert());
    await gateway.changes();
    const changed = evses((uid) =>
      uid === UID
        ? { connectors: [{ ...site().evses?.[0]?.connectors[0], max_amperage: 16 }] }
        : {},
    );
    await gateway.send(upsert({ evses: changed }, { time: '2026-03-01T11:00:00Z' }));
    expect(await gateway.changes()).toEqual([
      { kind: 'connector', aspect: 'fields', fields: ['max_amperage'], connectorId: '1' },
    ]);
    const seen = await gateway.seen('HARBOUR-7', '2.2.1');
    const stamp = '2026-03-01T12:00:00Z';
    expect(seen.last_updated).toBe(stamp);
    expect(seen.evses[0].last_updated).toBe(stamp);
    expect(seen.evses[0].connectors[0].last_updated).toBe(stamp);
    expect(seen.evses[1].last_updated).toBe('2026-03-01T08:00:00Z');
  });

  it('LOC-11, LOC-79: an EVSE it no longer lists becomes REMOVED and stays in every version', async () => {
    await gateway.send(upsert());
    await gateway.send(upsert({ evses: evses().slice(1) }, { time: '2026-03-01T11:00:00Z' }));
    for (const version of OCPI_VERSIONS) {
      expect((await gateway.seen('HARBOUR-7', version)).evses).toHaveLength(2);
      expect(await evseOf(version)).toMatchObject({
        status: 'REMOVED',
        last_updated: '2026-03-01T11:00:00Z',
      });
    }
    await gateway.send(upsert({ evses: [] }, { time: '2026-03-01T11:30:00Z' }));
    expect((await gateway.seen('HARBOUR-7', '2.3.0')).evses).toHaveLength(2);
  });

  it('LOC-11 (partial: the way back): a removed EVSE comes back when a Location states it with a newer stamp', async () => {
    await gateway.send(upsert());
    await gateway.send(upsert({ evses: evses().slice(1) }, { time: '2026-03-01T11:00:00Z' }));
    expect(await gateway.outcomes(status('AVAILABLE', '2026-03-01T11:10:00Z'))).toEqual([
      { outcome: 'parked', reason: expect.stringContaining('REMOVED') },
    ]);
    await gateway.send(upsert({}, { time: '2026-03-01T11:20:00Z' }));
    expect((await evseOf()).status).toBe('REMOVED');
    const back = evses(() => ({ last_updated: '2026-03-01T11:30:00Z' }));
    await gateway.send(upsert({ evses: back }, { time: '2026-03-01T11:30:00Z' }));
    expect((await evseOf()).status).toBe('AVAILABLE');
  });

  it('LOC-08 (partial: refusal at entry), LOC-30: an id in another case is refused, for Locations and for EVSEs', async () => {
    await gateway.send(upsert());
    const later = { time: '2026-03-01T11:00:00Z' };
    const outcomes = await gateway.outcomes(
      upsert({ id: 'harbour-7' }, later),
      upsert({ evses: evses((uid) => ({ uid: uid.toLowerCase() })) }, later),
    );
    for (const outcome of outcomes) {
      expect(outcome).toEqual({
        outcome: 'parked',
        reason: expect.stringContaining('in case alone'),
      });
    }
    expect((await gateway.seen('HARBOUR-7', '2.3.0')).evses).toHaveLength(2);
  });

  it('LOC-29: a removed EVSE gives its printed id up to the one that carries it now', async () => {
    await gateway.send(upsert());
    const successor = { ...evses()[0]!, uid: 'NEW-1' };
    await gateway.send(
      upsert({ evses: [successor, evses()[1]!] }, { time: '2026-03-01T11:00:00Z' }),
    );
    expect((await evseOf()).status).toBe('REMOVED');
    expect(await evseOf()).not.toHaveProperty('evse_id');
    expect(await evseOf('2.3.0', 'NEW-1')).toMatchObject({ evse_id: 'NL*AAA*E0701' });
  });

  it('LOC-27, LOC-12 (partial: what is stored): a closed Location keeps its EVSEs, all REMOVED', async () => {
    await gateway.send(upsert());
    await gateway.changes();
    const gone = incoming('location.removed', exampleData('location.removed'), {
      time: '2026-03-01T11:00:00Z',
    });
    expect(await gateway.send(gone)).toEqual(['applied']);
    expect(await gateway.changes()).toEqual([
      { kind: 'evse', aspect: 'status' },
      { kind: 'evse', aspect: 'status' },
    ]);
    for (const version of OCPI_VERSIONS) {
      const seen = await gateway.seen('HARBOUR-7', version);
      expect(seen.last_updated).toBe('2026-03-01T11:00:00Z');
      expect(seen.evses.map((evse: Json) => evse.status)).toEqual(['REMOVED', 'REMOVED']);
    }
  });

  it('drops a Location that is older than the stored one, by time and by sequence', async () => {
    await gateway.send(upsert({ name: 'B' }, { time: '2026-03-01T09:00:00Z', sequence: 5 }));
    expect(
      await gateway.send(
        upsert({ name: 'A' }, { time: '2026-03-01T08:00:00Z' }),
        upsert({ name: 'A' }, { time: '2026-03-01T10:00:00Z', sequence: 4 }),
        upsert({ name: 'C' }, { time: '2026-03-01T07:00:00Z', sequence: 6 }),
      ),
    ).toEqual(['stale', 'stale', 'applied']);
    expect((await gateway.seen('HARBOUR-7', '2.3.0')).name).toBe('C');
  });

  it('LOC-51: two tariffs of one type that are valid at once on a connector are refused, in turn they are not', async () => {
    const tariff = exampleData('tariff.upserted');
    const turn = '2026-06-01T00:00:00Z';
    await gateway.send(
      incoming('tariff.upserted', { ...tariff, id: 'T1', end_date_time: turn }),
      incoming('tariff.upserted', { ...tariff, id: 'T2', start_date_time: turn }),
      incoming('tariff.upserted', { ...tariff, id: 'T3' }),
    );
    const withTariffs = (...ids: string[]) =>
      evses(() => ({ connectors: [{ ...site().evses?.[0]?.connectors[0], tariff_ids: ids }] }));
    expect(await gateway.send(upsert({ evses: withTariffs('T1', 'T2') }))).toEqual(['applied']);
    expect(await gateway.outcomes(upsert({ evses: withTariffs('T1', 'T3') }))).toEqual([
      { outcome: 'parked', reason: expect.stringContaining('valid at once') },
    ]);
  });
});

describe('advice on the tariffs of a Location', () => {
  it('TAR-10: an EVSE that takes charging preferences is stored, and each profile without a tariff is named', async () => {
    const tariff = exampleData('tariff.upserted');
    await gateway.send(
      incoming('tariff.upserted', { ...tariff, id: 'T1', type: 'REGULAR' }),
      incoming('tariff.upserted', { ...tariff, id: 'T2', type: 'PROFILE_FAST' }),
    );
    const capable = (...tariff_ids: string[]) =>
      upsert({
        evses: evses(() => ({
          capabilities: ['CHARGING_PREFERENCES_CAPABLE'],
          connectors: [{ ...site().evses?.[0]?.connectors[0], tariff_ids }],
        })),
      });
    const advice = (warnings: string[] = []) => warnings.filter((text) => text.includes('TAR-10'));

    const [told] = await gateway.outcomes(capable('T1', 'T2'));

    expect(told?.outcome).toBe('applied');
    expect(advice(told?.warnings)).toEqual([
      expect.stringMatching(/^evses\[0\]\.connectors\[0\].*CHEAP, GREEN/),
      expect.stringMatching(/^evses\[1\]\.connectors\[0\].*CHEAP, GREEN/),
    ]);
    const [quiet] = await gateway.outcomes(capable('T1', 'UNKNOWN'));
    expect(quiet?.outcome).toBe('applied');
    expect(advice(quiet?.warnings)).toEqual([]);
  });
});

describe('the status of an EVSE', () => {
  beforeEach(async () => {
    await gateway.send(upsert());
    await gateway.changes();
  });

  it('LOC-21, LOC-22 (partial: the log and the stamps): is one change at EVSE level, stamping EVSE and Location alone', async () => {
    expect(await gateway.send(status('CHARGING', '2026-03-01T09:00:01.250Z'))).toEqual(['applied']);
    expect(await gateway.changes()).toEqual([{ kind: 'evse', aspect: 'status' }]);
    for (const version of OCPI_VERSIONS) {
      const seen = await gateway.seen('HARBOUR-7', version);
      const stamp = version === '2.1.1' ? '2026-03-01T09:00:01Z' : '2026-03-01T09:00:01.250Z';
      expect(seen.last_updated).toBe(stamp);
      expect(seen.evses[0]).toMatchObject({ status: 'CHARGING', last_updated: stamp });
      expect(seen.evses[0].connectors[0].last_updated).toBe('2026-03-01T08:00:00Z');
      expect(seen.evses[1]).toMatchObject({ last_updated: '2026-03-01T08:00:00Z' });
    }
  });

  it('that repeats the stored one costs no write and no change', async () => {
    const before = await gateway.rows('SELECT xmin::text, * FROM evse_state ORDER BY evse_id');
    expect(await gateway.send(status('AVAILABLE', '2026-03-01T09:00:00Z'))).toEqual(['unchanged']);
    expect(await gateway.rows('SELECT xmin::text, * FROM evse_state ORDER BY evse_id')).toEqual(
      before,
    );
    expect(await gateway.changes()).toEqual([]);
  });

  it('that is older than the stored one is dropped, by sequence before time', async () => {
    expect(
      await gateway.send(
        status('CHARGING', '2026-03-01T09:00:00Z', { sequence: 7 }),
        status('AVAILABLE', '2026-03-01T09:00:05Z', { sequence: 6 }),
        status('OUTOFORDER', '2026-03-01T08:59:00Z'),
        status('BLOCKED', '2026-03-01T08:59:59Z', { sequence: 8 }),
      ),
    ).toEqual(['applied', 'stale', 'stale', 'applied']);
    expect(await evseOf()).toMatchObject({ status: 'BLOCKED' });
    expect(await gateway.send(status('AVAILABLE', '2026-03-01T08:30:00Z'))).toEqual(['stale']);
  });

  it('tells what is unchanged from what is stale in a batch that changes nothing', async () => {
    await gateway.send(status('CHARGING', '2026-03-01T10:00:00Z', { sequence: 7 }));
    const before = await gateway.rows('SELECT xmin::text, * FROM evse_state ORDER BY evse_id');
    expect(await gateway.send(status('CHARGING', '2026-03-01T10:00:00Z'))).toEqual(['unchanged']);
    expect(
      await gateway.send(
        status('CHARGING', '2026-03-01T09:00:00Z', { sequence: 8 }),
        status('CHARGING', '2026-03-01T10:30:00Z', { sequence: 6 }),
        status('CHARGING', '2026-03-01T09:59:59Z'),
        status('CHARGING', '2026-03-01T10:30:00Z'),
      ),
    ).toEqual(['unchanged', 'stale', 'stale', 'unchanged']);
    expect(await gateway.send(status('CHARGING', '2026-03-01T09:59:59Z'))).toEqual(['stale']);
    expect(await gateway.rows('SELECT xmin::text, * FROM evse_state ORDER BY evse_id')).toEqual(
      before,
    );
  });

  it('is looked up anew where the EVSE is not the one that was known under its key', async () => {
    await gateway.send(status('CHARGING', '2026-03-01T09:00:00Z'));
    await gateway.clear();
    const [first, second] = [
      status('BLOCKED', '2026-03-01T09:00:01Z'),
      status('CHARGING', '2026-03-01T09:00:02Z'),
    ];
    expect(await gateway.send(first)).toEqual(['held']);
    await gateway.send(upsert());
    expect(await evseOf()).toMatchObject({ status: 'BLOCKED' });
    expect(await gateway.send(first, second, second)).toEqual([
      'duplicate',
      'applied',
      'duplicate',
    ]);
    expect(await gateway.send(second, status('BLOCKED', '2026-03-01T09:00:03Z'))).toEqual([
      'duplicate',
      'applied',
    ]);
    expect(await evseOf()).toMatchObject({ status: 'BLOCKED' });
  });

  it('folds to the newest within a batch: there and back is no change', async () => {
    expect(
      await gateway.send(
        status('CHARGING', '2026-03-01T09:00:00Z'),
        status('AVAILABLE', '2026-03-01T09:00:10Z'),
      ),
    ).toEqual(['applied', 'applied']);
    expect(await gateway.changes()).toEqual([]);
  });

  it('never goes back in time: a newer sequence with an older time gets a later stamp', async () => {
    await gateway.send(status('CHARGING', '2026-03-01T11:00:00Z', { sequence: 1 }));
    await gateway.send(status('BLOCKED', '2026-03-01T10:00:00Z', { sequence: 2 }));
    expect(await evseOf()).toMatchObject({
      status: 'BLOCKED',
      last_updated: '2026-03-01T12:00:00Z',
    });
  });

  it('is not undone by a Location that is stated late', async () => {
    await gateway.send(status('CHARGING', '2026-03-01T09:00:00Z'));
    await gateway.send(upsert({ name: 'Renamed' }, { time: '2026-03-01T10:00:00Z' }));
    expect((await evseOf()).status).toBe('CHARGING');
    const fresh = evses(() => ({
      status: 'OUTOFORDER',
      last_updated: '2026-03-01T10:30:00Z',
    })) as Location['evses'];
    await gateway.send(upsert({ evses: fresh! }, { time: '2026-03-01T10:30:00Z' }));
    expect((await evseOf()).status).toBe('OUTOFORDER');
    expect(await gateway.send(status('CHARGING', '2026-03-01T10:20:00Z'))).toEqual(['stale']);
  });

  it('LOC-33, LOC-34: knows the nine words of OCPI and no other', async () => {
    const words = 'BLOCKED CHARGING INOPERATIVE OUTOFORDER PLANNED RESERVED UNKNOWN REMOVED'.split(
      ' ',
    );
    for (const [index, word] of words.entries()) {
      expect(await gateway.send(status(word, `2026-03-01T09:0${index}:00Z`))).toEqual(['applied']);
      expect((await evseOf()).status).toBe(word);
    }
    expect(await gateway.send(status('FAULTED', '2026-03-01T10:00:00Z'))).toEqual(['parked']);
  });

  it('waits for its Location, and goes through by itself when that arrives', async () => {
    const early = incoming(
      'evse.status-changed',
      { ...exampleData('evse.status-changed'), location_id: 'LATE' },
      { time: '2026-03-01T09:00:00Z' },
    );
    expect(await gateway.send(early)).toEqual(['held']);
    expect(await gateway.send(early)).toEqual(['duplicate']);
    expect(await gateway.rows('SELECT state, parent_key FROM parked_event')).toEqual([
      { state: 'held', parent_key: 'location:NL*AAA/LATE' },
    ]);
    await gateway.send(upsert({ id: 'LATE' }));
    expect((await gateway.seen('LATE', '2.3.0')).evses[0].status).toBe('CHARGING');
    expect(await gateway.rows('SELECT 1 FROM parked_event')).toEqual([]);
  });
});
