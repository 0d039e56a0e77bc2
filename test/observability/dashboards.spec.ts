import { readdirSync, readFileSync } from 'node:fs';
import { faultsOf } from './promql.js';

const FOLDER = new URL('../../helm/ocpi-gateway/dashboards/', import.meta.url);

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  fieldConfig?: { defaults: { unit?: string } };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string; datasource: { uid: string } }[];
}

interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string; type: string; definition?: string }[] };
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const dashboards = files.map((file): [string, Dashboard] => [
  file,
  JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
]);

const overlaps = ({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('the dashboards', () => {
  it('are these, each with an address that stays', () => {
    expect(dashboards.map(([file, { uid }]) => `${file} ${uid}`)).toEqual([
      'overview.json ocpi-gateway-overview',
      'partner.json ocpi-gateway-partner',
      'pipeline.json ocpi-gateway-pipeline',
    ]);
  });

  describe.each(dashboards)('%s', (_file, dashboard) => {
    const shown = dashboard.panels.filter(({ type }) => type !== 'row');

    it('lets the reader choose the data source, and says what it is for', () => {
      expect(dashboard.templating.list[0]).toMatchObject({
        name: 'datasource',
        type: 'datasource',
      });
      expect(dashboard.description).toMatch(/\w+.*[.]$/);
      expect(dashboard.tags).toEqual(['ocpi-gateway']);
      for (const { title, datasource, targets = [] } of shown) {
        const sources = [datasource, ...targets.map((target) => target.datasource)];
        expect([title, ...sources.map((source) => source?.uid)]).toEqual([
          title,
          ...sources.map(() => '${datasource}'),
        ]);
      }
    });

    it.each(shown)('$title has a description, a unit and queries of its own', (panel) => {
      expect(panel.description).toMatch(/\w.*[.]$/s);
      expect(panel.fieldConfig?.defaults.unit).toMatch(/^\w+$/);
      const ids = (panel.targets ?? []).map(({ refId }) => refId);
      expect(ids.length).toBeGreaterThan(0);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it.each(shown)('$title asks for metrics and labels that we show', ({ targets = [] }) => {
      expect(targets.flatMap(({ expr }) => faultsOf(expr))).toEqual([]);
    });

    it('fills its variables from metrics that we show', () => {
      const queries = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);
      expect(queries.length).toBeGreaterThan(0);
      for (const query of queries) {
        const [, metric = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
        expect(faultsOf(`max by (${label}) (${metric})`)).toEqual([]);
      }
    });

    it('puts no panel over another, and no id twice', () => {
      const { panels } = dashboard;
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const [index, panel] of panels.entries()) {
        const under = panels.slice(index + 1).filter((other) => overlaps(panel, other));
        expect([panel.title, ...under.map(({ title }) => title)]).toEqual([panel.title]);
        expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
      }
    });
  });
});

describe('the check of queries', () => {
  it.each([
    ['ratee(ocpi_inbox_rows', 'not PromQL'],
    ['max(ocpi_inbox_row)', 'no metric is called ocpi_inbox_row'],
    ['max by (partner) (ocpi_owed_cdrs)', 'has the label partner'],
    ['ocpi_owed_cdrs{conection="x"}', 'has the label conection'],
    ['rate(ocpi_push_lag_seconds_buckets[5m])', 'no metric is called'],
    ['1 + 1', 'asks for no metric'],
  ])('refuses %s', (query, fault) => {
    expect(faultsOf(query).join('\n')).toContain(fault);
  });
});
