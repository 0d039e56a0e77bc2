import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../helm/ocpi-gateway/dashboards/', import.meta.url);

interface Dashboard {
  uid: string;
  description: string;
  panels: { type: string; title: string; description?: string }[];
}

const dashboards = readdirSync(FOLDER).map((file): [string, Dashboard] => [
  file,
  JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
]);

/** What a reader needs beyond what `npm run check:deploy` looks at. */
describe('the dashboards', () => {
  it('are these, each with an address that stays', () => {
    expect(dashboards.map(([file, { uid }]) => `${file} ${uid}`)).toEqual([
      'overview.json ocpi-gateway-overview',
      'partner.json ocpi-gateway-partner',
      'pipeline.json ocpi-gateway-pipeline',
    ]);
  });

  it.each(dashboards)('%s says what it and each of its panels shows', (_file, dashboard) => {
    expect(dashboard.description).toMatch(/\w.*[.]$/);
    for (const { type, title, description = '' } of dashboard.panels) {
      if (type !== 'row')
        expect([title, description]).toEqual([title, expect.stringMatching(/\w.*[.]$/s)]);
    }
  });
});
