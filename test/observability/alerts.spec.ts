import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { faultsOf } from './promql.js';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const { groups } = parse(read('helm/ocpi-gateway/alerts/ocpi-gateway.rules.yaml')) as {
  groups: { name: string; rules: Rule[] }[];
};
const { tests } = parse(read('helm/ocpi-gateway/alerts/ocpi-gateway.rules.test.yaml')) as {
  tests: { alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const tried = tests.flatMap((test) => test.alert_rule_test);

/** As Git hosts and readers make them of headings. */
const anchors = new Set(
  [...read('docs/operations.md').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  ),
);

describe('the alerts', () => {
  it.each(rules)('$alert asks for metrics and labels that we show', ({ expr }) => {
    expect(faultsOf(expr)).toEqual([]);
  });

  it.each(rules)('$alert says how bad it is, what it means and where to read on', (rule) => {
    const { alert, labels, annotations } = rule;
    expect(alert).toMatch(/^Ocpi([A-Z][a-z0-9]+)+$/);
    expect(labels).toEqual({ severity: expect.stringMatching(/^(critical|warning)$/) });
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook_url']);
    const [page, anchor] = annotations['runbook_url']!.split('#');
    expect(page).toBe('docs/operations.md');
    expect([...anchors]).toContain(anchor);
  });

  it.each(rules)('$alert is tried where it fires and where it keeps still', ({ alert }) => {
    const expected = tried
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts: alerts = [] }) => alerts.length > 0);
    expect(expected).toContain(true);
    expect(expected).toContain(false);
  });

  it('have a name each, and no test is about another', () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    for (const { alertname } of tried) expect(names).toContain(alertname);
  });
});
