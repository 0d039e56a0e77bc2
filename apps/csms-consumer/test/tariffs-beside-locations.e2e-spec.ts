import { type EntityManager } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyBatch, prepare } from '../src/events/apply-batch.js';
import { type IncomingEvent } from '../src/events/incoming-event.js';
import { exampleData, incoming, type Json, ProcessorHarness, site } from './processor-harness.js';

let gateway: ProcessorHarness;
beforeAll(async () => {
  gateway = await ProcessorHarness.start();
});
beforeEach(() => gateway.clear());
afterAll(() => gateway.stop());

const TARIFF = exampleData('tariff.upserted') as { id: string };
const location = () => {
  const data = site() as Json;
  for (const evse of data.evses)
    for (const connector of evse.connectors) connector.tariff_ids = [TARIFF.id];
  return incoming('location.upserted', data);
};
const tariff = () => incoming('tariff.upserted', TARIFF);
const removal = () =>
  incoming(
    'tariff.removed',
    { country_code: 'NL', party_id: 'AAA', id: TARIFF.id },
    { time: '2026-03-01T12:01:00Z' },
  );

const apply = (sql: EntityManager, event: IncomingEvent) =>
  applyBatch(sql, [prepare(event)], gateway.clock.now(), 300);

/** Applies two events as two processes do: the first commits only when the other had time to go as far as it can. */
async function sideBySide(first: IncomingEvent, second: IncomingEvent): Promise<void> {
  let done: Promise<unknown> = Promise.resolve();
  await gateway.dataSource.transaction(async (sql) => {
    await apply(sql, first);
    done = gateway.dataSource.transaction((other) => apply(other, second));
    await sleep(300);
  });
  await done;
}

const named = async (): Promise<unknown[]> =>
  (await gateway.seen('HARBOUR-7', '2.3.0')).evses.flatMap(({ connectors }: Json) =>
    connectors.map((connector: Json) => connector.tariff_ids),
  );

describe('a Location and a Tariff it names, stated at the same moment', () => {
  it.each([
    ['the Tariff first', tariff, location],
    ['the Location first', location, tariff],
  ])('LOC-52 (partial: at one moment): it names the Tariff, %s', async (_, first, second) => {
    await sideBySide(first(), second());
    expect(new Set((await named()).map((ids) => JSON.stringify(ids)))).toEqual(
      new Set([JSON.stringify([TARIFF.id])]),
    );
  });

  it.each([
    ['the removal first', removal, location],
    ['the Location first', location, removal],
  ])(
    'TAR-43 (partial: at one moment): it names no withdrawn Tariff, %s',
    async (_, first, second) => {
      await gateway.send(tariff());
      await sideBySide(first(), second());
      expect(new Set(await named())).toEqual(new Set([undefined]));
    },
  );
});
