import { jest } from '@jest/globals';
import { csmsEvent, stateNetwork } from '#csms-client';
import { type Location, OCPI_VERSIONS, type Tariff } from '#ocpi';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../harness/project-root.js';
import { describeKafka } from '../harness/kafka.js';
import { eventually } from '../harness/wait-for.js';
import { type Binding, Journey } from './journey.js';
import { findingsOf, findingsOfPushes, hasOfficialOpenapi } from './wire-judge.js';

/** Against hanging only. */
jest.setTimeout(120000);

const FOLDER = path.join(projectRoot, '..', 'shared', 'data', 'ludwigsburg');
const OPERATOR = { country_code: 'DE', party_id: 'SLB' };
const SOURCE = 'urn:test:ludwigsburg';
const hasData = fs.existsSync(FOLDER);
const read = <T>(name: string): T[] =>
  hasData ? (JSON.parse(fs.readFileSync(path.join(FOLDER, name), 'utf8')) as T[]) : [];

const suite = (binding: Binding) => () => {
  const locations = read<Location>('locations.json');
  const tariffs = read<Tariff>('tariffs.json');
  let journey: Journey;

  beforeAll(async () => {
    journey = await Journey.start(binding, OPERATOR);
    await stateNetwork(journey.sender, { locations, tariffs }, SOURCE);
    await eventually(
      () => {
        for (const [version, { store }] of journey.emsps) {
          expect([version, store.locations.size, store.tariffs.size]).toEqual([version, 100, 5]);
        }
      },
      { timeoutMs: 90_000 },
    );
  });
  afterAll(() => (journey as Journey | undefined)?.stop());

  it('takes every object on', () => {
    expect(journey.refused).toEqual([]);
  });

  it.each(OCPI_VERSIONS)(
    'shows 100 valid Locations and 5 valid Tariffs by pull [%s]',
    async (version) => {
      const { link } = journey.emsp(version);
      for (const [module, count] of [
        ['locations', 100],
        ['tariffs', 5],
      ] as const) {
        const pulled = await link.list(module, '?limit=30');
        expect(new Set(pulled.map(({ id }) => id)).size).toBe(count);
        expect(pulled).toHaveLength(count);
        expect(pulled.flatMap((object) => findingsOf(version, module, object))).toEqual([]);
      }
    },
  );

  it.each(OCPI_VERSIONS)('gives the same objects by push as by pull [%s]', async (version) => {
    const { link, store } = journey.emsp(version);
    for (const module of ['locations', 'tariffs'] as const) {
      const pulled = await link.list(module);
      const byId = (objects: Iterable<Record<string, unknown>>): object =>
        Object.fromEntries([...objects].map((object) => [String(object.id), object]));
      expect(byId(store[module].values())).toEqual(byId(pulled));
    }
    expect(findingsOfPushes(journey.emsp(version))).toEqual([]);
  });

  it('shows on 2.3.0 what the operator published, but for what intake mends', async () => {
    const pulled = await journey.emsp('2.3.0').link.list('locations');
    const byId = new Map(pulled.map((object) => [object.id, object]));
    for (const location of locations) {
      const [shown, published] = [byId.get(location.id), mended(location)];
      expect(withoutStamps(shown)).toEqual(withoutStamps(published));
      // Over Kafka a Tariff may come after the Location that names it: then the Connector reads differently from then on.
      const [mine, theirs] = [stampsOf(shown), stampsOf(published)];
      expect(mine.filter((stamp, index) => stamp < theirs[index]!)).toEqual([]);
    }
  });

  it('tells all three versions of a status change', async () => {
    const [location] = locations;
    const evse = location!.evses![1]!;
    const status = evse.status === 'OUTOFORDER' ? 'CHARGING' : 'OUTOFORDER';
    const content = { ...OPERATOR, location_id: location!.id, evse_uid: evse.uid, status };
    const saidAt = performance.now();
    await journey.sender.send([
      csmsEvent('ocpi.evse.status-changed.v1', content, { source: SOURCE, time: new Date() }),
    ]);
    await eventually(() => {
      for (const { store } of journey.emsps.values()) {
        const segments = [OPERATOR.country_code, OPERATOR.party_id, location!.id, evse.uid];
        expect(store.get('locations', segments)?.status).toBe(status);
      }
    });
    process.stderr.write(
      `a status change over ${binding} reached three versions in ${Math.round(performance.now() - saidAt)} ms\n`,
    );
    for (const version of OCPI_VERSIONS) {
      const shown = await journey.emsp(version).link.list('locations');
      const stored = [...journey.emsp(version).store.locations.values()];
      const same = (objects: Record<string, unknown>[]) =>
        objects.find((object) => object.id === location!.id);
      expect(same(stored)).toEqual(same(shown));
    }
  });
};

/** Stamps of parents are not older than their children's; service providers are for access points; no empty address; no line breaks. */
function mended(location: Location): Location {
  const latest = (...stamps: string[]): string =>
    stamps.reduce((a, b) => (Date.parse(a) >= Date.parse(b) ? a : b));
  const evses = location.evses?.map(({ accepted_service_providers: _, ...evse }) => ({
    ...evse,
    last_updated: latest(evse.last_updated, ...evse.connectors.map((c) => c.last_updated)),
  }));
  const { website, ...operator } = location.operator ?? { name: '' };
  const directions = location.directions?.map(({ language, text }) => ({
    language,
    // eslint-disable-next-line no-control-regex -- control characters are what is mended (TYP-03)
    text: text.replace(/[\x00-\x1f]+/g, ' '),
  }));
  return {
    ...location,
    ...(directions && { directions }),
    ...(location.operator && { operator: website ? { ...operator, website } : operator }),
    ...(evses && { evses }),
    last_updated: latest(location.last_updated, ...(evses ?? []).map((e) => e.last_updated)),
  };
}

/** Every `last_updated` within, in milliseconds, in the order of the fields. */
function stampsOf(value: unknown): number[] {
  const stamps: number[] = [];
  JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'last_updated') stamps.push(Date.parse(String(inner)));
    return inner;
  });
  return stamps;
}

const withoutStamps = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === 'last_updated' ? undefined : inner)),
  );

const title = (binding: Binding): string =>
  `a real network of 100 Locations over ${binding}${hasOfficialOpenapi ? '' : ' (no official OpenAPI here: 2.1.1 alone is judged)'}`;

if (hasData) {
  describe(title('HTTP'), suite('HTTP'));
  describeKafka(title('Kafka'), suite('Kafka'));
} else {
  describe.skip('a real network of 100 Locations [skipped: ../shared/data/ludwigsburg is not there]', () => {
    it('reaches three versions over each binding', () => undefined);
  });
}
