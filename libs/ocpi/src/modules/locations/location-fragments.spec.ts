import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aConnector, aLocation, anEvse, aView } from '../../../test/location-builder.js';
import { formatDateTime, parseDateTime } from '../../types/date-time.js';
import { OCPI_VERSIONS, type OcpiVersion } from '../../types/ocpi-version.js';
import { type Location } from './location.js';
import { locationChecker } from './location-checker.js';
import { composeEvse, composeLocation, fragmentLocation } from './location-fragments.js';
import { checkLocation } from './location-rules.js';
import { restamp } from './location-stamps.js';
import { locationCodec } from './location-codec-for.js';

const stamp = (text: string, v: OcpiVersion) =>
  formatDateTime(parseDateTime(text) ?? new Date(0), v);

/** A Location as the database composes it from stored text. */
function composed(v: OcpiVersion, location: Location): unknown {
  const fragments = fragmentLocation(v, location, aView(v));
  if (!fragments) return undefined;
  const live = fragments.evses.flatMap(({ uid, text }) => {
    const evse = location.evses?.find((e) => e.uid === uid);
    return text !== null && evse
      ? [{ text, status: evse.status, lastUpdated: stamp(evse.last_updated, v) }]
      : [];
  });
  return JSON.parse(composeLocation(fragments, live, stamp(location.last_updated, v)));
}

const DATA = fileURLToPath(
  new URL('../../../../../../shared/data/ludwigsburg/locations.json', import.meta.url),
);
const onRealData = existsSync(DATA) ? describe : describe.skip; // operator data is not part of the repository

describe('stored text', () => {
  const rich = aLocation({
    last_updated: '2026-01-01T10:00:00.250Z',
    evses: [
      anEvse({ status: 'CHARGING', last_updated: '2026-01-01T10:00:00.250Z' }),
      anEvse({ uid: 'M', connectors: [aConnector({ standard: 'MCS' })] }),
    ],
  });

  it.each(OCPI_VERSIONS)('[%s] composed text is what the codec prints', (v) => {
    for (const site of [rich, aLocation({ evses: [] })]) {
      expect(composed(v, site)).toEqual(locationCodec(v).encodeLocation(site, aView(v)));
    }
  });
  it.each(OCPI_VERSIONS)('[%s] a composed EVSE is what the codec prints', (v) => {
    const text = fragmentLocation(v, rich, aView(v))?.evses[0]?.text ?? '';
    const evse = JSON.parse(composeEvse(text, 'CHARGING', stamp('2026-01-01T10:00:00.250Z', v)));
    expect(evse).toEqual(locationCodec(v).encodeEvse(rich.evses![0]!, rich, aView(v)));
  });
  it('withheld EVSEs have no text, withheld Locations no fragments', () => {
    expect(fragmentLocation('2.2.1', rich, aView('2.2.1'))?.evses[1]).toEqual({
      uid: 'M',
      text: null,
    });
    expect(fragmentLocation('2.1.1', { ...rich, publish: false }, aView('2.1.1'))).toBeUndefined();
  });
});

onRealData('Locations of a real operator', () => {
  const sites: unknown[] = existsSync(DATA) ? JSON.parse(readFileSync(DATA, 'utf8')) : [];

  it('are all accepted', () => {
    expect(sites).toHaveLength(100);
    for (const site of sites) {
      const read = locationChecker.decode(site);
      expect(read.ok ? checkLocation(read.value) : read.errors).toEqual([]);
    }
  });
  it.each(OCPI_VERSIONS)('[%s] are composed as printed', (v) => {
    for (const site of sites as Location[]) {
      expect(composed(v, site)).toEqual(locationCodec(v).encodeLocation(site, aView(v)));
    }
  });
  it('LOC-22 (partial: stamps): are stored with parents no older than their children', () => {
    const at = new Date('2026-05-01T00:00:00Z');
    for (const site of sites as Location[]) {
      const stored = restamp(undefined, site, at);
      for (const evse of stored.evses ?? []) {
        expect(stored.last_updated >= evse.last_updated).toBe(true);
        for (const { last_updated } of evse.connectors)
          expect(evse.last_updated >= last_updated).toBe(true);
      }
    }
  });
});
