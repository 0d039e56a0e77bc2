import { ChangeLogSignal } from '#change-log';
import { refreshRenderings } from '../src/jobs/refresh-renderings.js';
import { LOCATION_RENDERING } from '../src/locations/location-renderings.js';
import { exampleData, incoming, ProcessorHarness, site } from './processor-harness.js';

const STATED = '2026-03-01T08:00:00.000Z';
const NOW = '2026-03-01T12:00:00Z';

let gateway: ProcessorHarness;
let signal: ChangeLogSignal;
beforeAll(async () => {
  gateway = await ProcessorHarness.start();
  signal = new ChangeLogSignal(gateway.dataSource);
});
beforeEach(() => gateway.clear());
afterAll(async () => {
  await signal.close();
  await gateway.stop();
});

async function state(...ids: string[]): Promise<void> {
  await gateway.send(
    ...ids.map((id) => incoming('location.upserted', site({ id }), { time: STATED })),
  );
  await gateway.changes();
}

/** Makes the stored text one that an older build wrote. */
async function age(table: 'location' | 'evse', column: string, sql: string, ids: string[] = []) {
  await gateway.rows('UPDATE location SET rendering = 0');
  await gateway.rows(
    `UPDATE ${table} t SET ${column} = ${sql} FROM location l
      WHERE ${table === 'evse' ? 't.location_id = l.id' : 't.id = l.id'}
        AND (cardinality($1::text[]) = 0 OR l.location_key = ANY($1))`,
    [ids],
  );
}

const refresh = (forMs = 10_000) =>
  refreshRenderings(gateway.dataSource, signal, { now: gateway.clock.now(), forMs });
const renderings = async () =>
  (await gateway.rows('SELECT DISTINCT rendering FROM location')).map(({ rendering }) => rendering);

describe('Locations that an older build rendered', () => {
  it('are left as they are, and nobody is told, where they read the same', async () => {
    await state('SAME');
    const before = await gateway.seen('SAME', '2.2.1');
    await gateway.rows('UPDATE location SET rendering = 0');

    expect(await refresh()).toBe(1);
    expect(await gateway.seen('SAME', '2.2.1')).toEqual(before);
    expect(await gateway.changes()).toEqual([]);
    expect(await renderings()).toEqual([LOCATION_RENDERING]);
    expect(await refresh()).toBe(0);
  });

  it('are rendered anew where a version reads differently, which alone is told', async () => {
    await state('OTHER', 'SAME');
    const right = await gateway.seen('OTHER', '2.2.1');
    await age('location', 'v221', `replace(t.v221, 'Harlingen', 'Old')`, ['OTHER']);
    expect(await gateway.seen('OTHER', '2.2.1')).toMatchObject({ city: 'Old' });

    expect(await refresh()).toBe(2);

    expect(await gateway.seen('OTHER', '2.2.1')).toEqual({ ...right, last_updated: NOW });
    expect(await gateway.changes()).toEqual([
      { kind: 'location', aspect: 'content', versions: ['2.2.1'] },
    ]);
  });

  it('LOC-22 (partial: a new build): a connector that reads differently has a new stamp, with its EVSE and Location', async () => {
    await state('PLUG');
    await age('evse', 'v230', `replace(t.v230, '"SOCKET"', '"CABLE"')`);
    await gateway.rows(
      `UPDATE evse SET v230 = replace(v230, '"CABLE"', '"SOCKET"') WHERE position = 1`,
    );

    await refresh();

    const { evses, last_updated } = await gateway.seen('PLUG', '2.3.0');
    expect(last_updated).toBe(NOW);
    expect(evses[0]).toMatchObject({
      last_updated: NOW,
      connectors: [{ format: 'SOCKET', last_updated: NOW }],
    });
    expect(new Date(evses[1].last_updated)).toEqual(new Date(STATED));
    expect(new Date(evses[1].connectors[0].last_updated)).toEqual(new Date(STATED));
    expect(await gateway.changes()).toEqual([
      { kind: 'location', aspect: 'content', versions: ['2.3.0'] },
    ]);
  });

  it('are taken back from the versions that withhold them from now on', async () => {
    await gateway.send(incoming('location.upserted', site({ id: 'GONE', publish: false })));
    await gateway.changes();
    await age('location', 'v211', `t.v221`);

    await refresh();

    expect(await gateway.changes()).toEqual([
      { kind: 'location', aspect: 'content', versions: ['2.1.1'], fields: ['publish'] },
    ]);
    expect(await gateway.seen('GONE', '2.1.1')).toBeUndefined();
  });

  it('are told whole when the CSMS states them first, or one of their tariffs', async () => {
    await state('FIRST', 'SECOND');
    await age('evse', 'v221', `replace(t.v221, '"SOCKET"', '"CABLE"')`);

    await gateway.send(
      incoming('location.upserted', site({ id: 'FIRST', name: 'Other' }), {
        time: '2026-03-01T09:00:00Z',
      }),
    );
    expect(await gateway.changes()).toEqual([{ kind: 'location', aspect: 'content' }]);
    await gateway.send(
      incoming('tariff.upserted', { ...exampleData('tariff.upserted'), id: 'T-REGULAR' }),
    );
    expect(await gateway.changes()).toEqual([
      { kind: 'tariff', aspect: 'created' },
      { kind: 'location', aspect: 'content' },
      ...[1, 2].map(() => ({
        kind: 'connector',
        aspect: 'fields',
        fields: ['tariff_ids'],
        connectorId: '1',
      })),
    ]);
    expect(await refresh()).toBe(0);
    for (const id of ['FIRST', 'SECOND']) {
      const { evses } = await gateway.seen(id, '2.2.1');
      expect(evses[0].connectors[0]).toMatchObject({ format: 'SOCKET', tariff_ids: ['T-REGULAR'] });
    }
  });

  it('are rendered once by all replicas together, some at a time', async () => {
    await state(...Array.from({ length: 130 }, (_, n) => `L${n}`));
    await age('location', 'v230', `replace(t.v230, 'Harlingen', 'Old')`);

    expect(await refresh(0)).toBe(50);
    const counts = await Promise.all([refresh(), refresh()]);
    expect(counts[0] + counts[1]).toBeLessThanOrEqual(80);
    await refresh();

    expect(await renderings()).toEqual([LOCATION_RENDERING]);
    expect(await gateway.changes()).toHaveLength(130);
  });
});
