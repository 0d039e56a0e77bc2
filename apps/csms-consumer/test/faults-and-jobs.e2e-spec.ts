import { removeEndedTokens } from '../src/jobs/remove-ended-tokens.js';
import { sweepHeldEvents } from '../src/jobs/sweep-held-events.js';
import { switchTariffs } from '../src/jobs/switch-tariffs.js';
import { ChangeLogSignal } from '#change-log';
import { parseKafkaMessage } from '#csms-contract';
import { type IncomingEvent } from '../src/events/incoming-event.js';
import { exampleData, type Json, incoming, ProcessorHarness, site } from './processor-harness.js';

let gateway: ProcessorHarness;
beforeAll(async () => {
  gateway = await ProcessorHarness.start(0);
});
beforeEach(() => gateway.clear());
afterAll(() => gateway.stop());

const upsert = (id: string, parts = {}, change = {}) =>
  incoming('location.upserted', site({ id, ...change }), {
    time: '2026-03-01T08:00:00Z',
    ...parts,
  });
const status = (id: string, value: string, time = '2026-03-01T09:00:00Z') =>
  incoming(
    'evse.status-changed',
    { ...exampleData('evse.status-changed'), location_id: id, status: value },
    { time },
  );

const kafkaEvent = (text: string): IncomingEvent => {
  const raw = Buffer.from(text);
  return { binding: 'kafka', origin: {}, raw, parsed: parseKafkaMessage({ value: raw }) };
};

describe('a batch with a bad event', () => {
  afterEach(() => gateway.rows('DROP TRIGGER IF EXISTS poison ON evse_state'));

  it('is halved until the bad one stands alone, which is parked; all others are applied', async () => {
    await gateway.send(...Array.from({ length: 40 }, (_, n) => upsert(`L${n}`)));
    await gateway.rows(`CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN IF NEW.status = ''BLOCKED'' THEN RAISE EXCEPTION ''poison''; END IF; RETURN NEW; END'`);
    await gateway.rows(
      'CREATE TRIGGER poison BEFORE UPDATE ON evse_state FOR EACH ROW EXECUTE FUNCTION poison()',
    );
    const events = Array.from({ length: 40 }, (_, n) =>
      status(`L${n}`, n === 13 || n === 27 ? 'BLOCKED' : 'CHARGING'),
    );
    const outcomes = await gateway.outcomes(...events);
    expect(outcomes.filter(({ outcome }) => outcome === 'applied')).toHaveLength(38);
    expect(outcomes[13]).toEqual({ outcome: 'parked', reason: expect.stringContaining('poison') });
    expect(outcomes[27]?.outcome).toBe('parked');
    expect(await gateway.send(...events)).toEqual(events.map(() => 'duplicate'));
    expect(await gateway.rows('SELECT count(*) AS count FROM parked_event')).toEqual([
      { count: 2 },
    ]);
  });

  it('keeps the raw bytes and the reason, and goes through when the cause is gone and it is tried again', async () => {
    const early = status('LATE', 'CHARGING');
    await gateway.rows('DELETE FROM parked_event');
    await gateway.send(early);
    await sweepHeldEvents(gateway.dataSource, gateway.processor);
    const [row] = await gateway.rows('SELECT id, state, source, type, raw FROM parked_event');
    expect(row).toEqual({
      id: expect.any(Number),
      state: 'parked',
      source: 'urn:test',
      type: 'ocpi.evse.status-changed.v1',
      raw: early.raw,
    });
    const again = async () => (await gateway.processor.retry([row.id])).get(row.id);
    const states = () => gateway.rows('SELECT state FROM parked_event');
    expect(await again()).toMatchObject({ outcome: 'held' });
    expect(await states()).toEqual([{ state: 'parked' }]);
    await gateway.send(upsert('LATE'));
    expect(await again()).toEqual({ outcome: 'applied' });
    expect((await gateway.seen('LATE', '2.3.0')).evses[0].status).toBe('CHARGING');
    expect(await states()).toEqual([]);
    expect(await again()).toBeUndefined();
  });

  it('of a type that nobody knows is parked with that reason', async () => {
    await gateway.send(incoming('no.such-thing', {}));
    expect(await gateway.rows('SELECT reason FROM parked_event')).toEqual([
      { reason: expect.stringContaining('unknown type') },
    ]);
  });

  it.each([
    [
      'no CloudEvent',
      { ...incoming('x', {}), parsed: { ok: false as const, reason: 'bytes', attributes: {} } },
    ],
    ['a party that is not hosted', incoming('location.upserted', site({ party_id: 'ZZZ' }))],
    [
      'a NUL in what will be stored',
      incoming('location.upserted', site({ id: 'a\0b' }), { id: 'n\0' }),
    ],
    [
      'half of a surrogate pair in a field that nobody knows',
      incoming('location.upserted', { ...site(), foo: [{ bar: '\ud800' }] }),
    ],
    [
      'a time in the far future',
      incoming('location.upserted', site(), { time: '9999-12-31T23:59:59Z' }),
    ],
    ['data that is no object', incoming('location.upserted', 'text')],
    [
      'data nested without end',
      kafkaEvent(
        `{"specversion":"1.0","id":"deep","source":"s","type":"ocpi.location.upserted.v1",` +
          `"time":"2026-03-01T08:00:00Z","data":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
      ),
    ],
  ])('with %s is parked at once', async (_title, event) => {
    expect(await gateway.send(event, upsert('GOOD'))).toEqual(['parked', 'applied']);
  });
});

describe('what waits', () => {
  it('goes through at the next sweep when its parent came in a transaction beside it', async () => {
    await gateway.send(status('SIDE', 'CHARGING'));
    // The parent, stored without its children being let through, as by a process that died in between.
    await gateway.rows(`UPDATE parked_event SET state = 'parked'`);
    await gateway.send(upsert('SIDE'));
    await gateway.rows(
      `UPDATE parked_event SET state = 'held', expires_at = now() + interval '1 hour'`,
    );
    await sweepHeldEvents(gateway.dataSource, gateway.processor);
    expect((await gateway.seen('SIDE', '2.3.0')).evses[0].status).toBe('CHARGING');
    expect(await gateway.rows('SELECT 1 FROM parked_event')).toEqual([]);
  });

  it('is tried ever more seldom while its Location is there and its EVSE is not', async () => {
    const never = new Date(Date.now() + 3600_000);
    await gateway.send(upsert('PART'));
    const other = { country_code: 'NL', party_id: 'AAA', location_id: 'PART', evse_uid: 'NONE' };
    await gateway.send(incoming('evse.status-changed', { ...other, status: 'CHARGING' }));
    await gateway.rows('UPDATE parked_event SET expires_at = $1', [never]);
    const triesAfter = async (seconds: number, sweeps: number) => {
      await gateway.rows(`UPDATE parked_event SET received_at = now() - $1 * interval '1 s'`, [
        seconds,
      ]);
      for (let n = 0; n < sweeps; n++) {
        await sweepHeldEvents(gateway.dataSource, gateway.processor);
      }
      const [{ attempts }] = await gateway.rows('SELECT attempts FROM parked_event');
      return attempts as number;
    };
    expect(await triesAfter(0, 3)).toBe(2);
    expect(await triesAfter(10, 10)).toBe(5);
    expect(await triesAfter(300, 30)).toBe(15);
    expect(await triesAfter(361, 5)).toBe(16);
    await gateway.rows('DELETE FROM parked_event');
  });
});

describe('a snapshot', () => {
  const scope = { country_code: 'NL', party_id: 'AAA', kind: 'location' };
  const began = (id: string, time: string) =>
    incoming('snapshot.began', { ...scope, snapshot_id: id }, { time });
  const finished = (id: string, count: number, time: string) =>
    incoming('snapshot.ended', { ...scope, snapshot_id: id, count }, { time });
  const statuses = async (id: string): Promise<string[]> =>
    (await gateway.seen(id, '2.3.0')).evses.map((evse: Json) => evse.status);

  it('removes what was not stated, once all that was stated is stored, in whatever order it arrives', async () => {
    await gateway.send(upsert('KEEP'), upsert('GONE'), upsert('LATER'));
    const in1 = { time: '2026-03-01T10:01:00Z', snapshotid: 's1' };
    expect(
      await gateway.send(
        began('s1', '2026-03-01T10:00:00Z'),
        upsert('KEEP', in1),
        finished('s1', 2, '2026-03-01T10:05:00Z'),
      ),
    ).toEqual(['applied', 'unchanged', 'applied']);
    expect(await statuses('GONE')).toEqual(['AVAILABLE', 'AVAILABLE']);
    await gateway.send(upsert('NEW', { time: '2026-03-01T10:02:00Z' }));
    await gateway.send(upsert('LATER', in1));
    expect(await statuses('GONE')).toEqual(['REMOVED', 'REMOVED']);
    for (const id of ['KEEP', 'LATER', 'NEW']) {
      expect(await statuses(id)).toEqual(['AVAILABLE', 'AVAILABLE']);
    }
  });

  it('removes nothing while an object of it is parked, and nothing when a newer one replaced it', async () => {
    await gateway.send(upsert('KEEP'), upsert('OTHER'));
    await gateway.send(
      began('s1', '2026-03-01T10:00:00Z'),
      upsert('KEEP', { time: '2026-03-01T10:01:00Z', snapshotid: 's1' }),
      upsert('BAD', { time: '2026-03-01T10:01:00Z', snapshotid: 's1' }, { time_zone: 'Nowhere' }),
      finished('s1', 2, '2026-03-01T10:05:00Z'),
    );
    expect(await statuses('OTHER')).toEqual(['AVAILABLE', 'AVAILABLE']);
    expect(
      await gateway.send(
        began('s2', '2026-03-01T11:00:00Z'),
        upsert('BAD', { time: '2026-03-01T11:01:00Z', snapshotid: 's1' }),
        finished('s1', 2, '2026-03-01T11:02:00Z'),
      ),
    ).toEqual(['applied', 'applied', 'stale']);
    expect(await statuses('OTHER')).toEqual(['AVAILABLE', 'AVAILABLE']);
  });

  it('of tariffs withdraws the missing ones', async () => {
    const tariffs = { ...scope, kind: 'tariff', snapshot_id: 't1' };
    const tariff = (id: string, parts = {}) =>
      incoming(
        'tariff.upserted',
        { ...exampleData('tariff.upserted'), id },
        { time: '2026-03-01T08:00:00Z', ...parts },
      );
    await gateway.send(tariff('A'), tariff('B'));
    await gateway.send(
      incoming('snapshot.began', tariffs, { time: '2026-03-01T10:00:00Z' }),
      tariff('A', { time: '2026-03-01T10:01:00Z', snapshotid: 't1' }),
      incoming('snapshot.ended', { ...tariffs, count: 1 }, { time: '2026-03-01T10:02:00Z' }),
    );
    expect(await gateway.rows('SELECT tariff_key FROM tariff WHERE deleted_at IS NULL')).toEqual([
      { tariff_key: 'A' },
    ]);
  });
});

describe('timers', () => {
  it('LOC-52, TAR-43 (partial: the log and the view): at the switch of tariffs 2.1.1 alone gets the new one, without an event', async () => {
    const turn = '2026-03-01T13:00:00Z';
    const tariff = exampleData('tariff.upserted');
    const connector = { ...site().evses?.[0]?.connectors[0], tariff_ids: ['T14', 'T15'] };
    const evses = [{ ...site().evses?.[0], connectors: [connector] }];
    await gateway.send(
      incoming('tariff.upserted', { ...tariff, id: 'T14', end_date_time: turn }),
      incoming('tariff.upserted', { ...tariff, id: 'T15', start_date_time: turn }),
      incoming('location.upserted', site({ evses: evses as Json })),
    );
    const tariffOf = async () =>
      (await gateway.seen('HARBOUR-7', '2.1.1')).evses[0].connectors[0].tariff_id;
    expect(await tariffOf()).toBe('T14');
    await gateway.changes();
    const signal = new ChangeLogSignal(gateway.dataSource);
    const look = (from: string, to: string) =>
      switchTariffs(gateway.dataSource, signal, new Date(from), new Date(to));
    await look('2026-03-01T12:58:00Z', '2026-03-01T12:59:00Z');
    expect(await gateway.changes()).toEqual([]);
    await look('2026-03-01T12:59:59Z', '2026-03-01T13:00:00Z');
    await signal.close();
    expect(await tariffOf()).toBe('T15');
    expect(await gateway.changes()).toEqual([
      { kind: 'tariff', aspect: 'content', versions: ['2.1.1'] },
      {
        kind: 'connector',
        aspect: 'fields',
        fields: ['tariff_ids'],
        connectorId: '1',
        versions: ['2.1.1'],
      },
      { kind: 'tariff', aspect: 'deleted', versions: ['2.1.1'] },
    ]);
  });

  it('take back the tokens of a partner that unregistered, and tell the CSMS of each', async () => {
    const token = (uid: string) =>
      JSON.stringify({ ...exampleData('token.upserted'), uid, type: 'RFID' });
    await gateway.rows(`INSERT INTO connection (id, name, allowed_parties, state)
      VALUES ('gone', 'Gone', '{DE*EMP}', 'registered'), ('here', 'Here', '{DE*OTH}', 'registered')`);
    await gateway.rows(
      `INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
       SELECT CASE WHEN n > 2001 THEN 'here' ELSE 'gone' END, 'DE*EMP', 'T' || n, 'RFID',
              replace($1, 'NUMBER', n::text), true, now() FROM generate_series(1, 2002) AS n`,
      [token('TNUMBER')],
    );
    const removals = () =>
      gateway.rows(
        `SELECT count(*) AS n, min(key) AS key FROM csms_message WHERE type = 'ocpi.token.removed.v1'`,
      );
    await removeEndedTokens(gateway.dataSource);
    expect(await removals()).toEqual([{ n: 0, key: null }]);
    await gateway.rows(`UPDATE connection SET state = 'unregistered' WHERE id = 'gone'`);
    await removeEndedTokens(gateway.dataSource);
    expect(await removals()).toEqual([{ n: 2001, key: 'DE*EMP*RFID*T1' }]);
    expect(await gateway.rows('SELECT uid_key FROM token')).toEqual([{ uid_key: 'T2002' }]);
    await gateway.rows('DELETE FROM token; DELETE FROM connection; DELETE FROM csms_message');
  });
});
