import { foldId } from '#ocpi';
import { createHash } from 'node:crypto';
import { exampleLocations, exampleTariffs } from '../../test/rendered-examples.js';
import { RENDERINGS } from './location-renderings.js';
import { renderLocation } from './render-location.js';

const tariffs = new Map(
  exampleTariffs.map((tariff) => [foldId(tariff.id), { tariff, acVoltage: null }]),
);
const printed = ['2026-05-01T00:00:00Z', '2026-07-01T00:00:00Z'].map((at) =>
  exampleLocations.map((location) => renderLocation(location, tariffs, new Date(at))),
);
const digest = createHash('sha256').update(JSON.stringify(printed)).digest('hex').slice(0, 16);

describe('what versions print of Locations', () => {
  it('is the newest rendering: after a change append the new digest to RENDERINGS in location-renderings.ts', () => {
    expect(RENDERINGS.at(-1)).toBe(digest);
  });

  it('is not empty in any version', () => {
    const [, full] = printed[0] ?? [];

    expect(full?.location).toEqual({
      v211: expect.stringContaining('Lodz'),
      v221: expect.stringContaining('Łódź'),
      v230: expect.stringContaining('Łódź'),
    });
    expect(full?.evses.map(({ v211 }) => v211)).toEqual([
      expect.stringContaining('"tariff_id":"REGULAR"'),
      expect.any(String),
      expect.stringContaining('MOTORCYCLES'),
    ]);
  });
});
