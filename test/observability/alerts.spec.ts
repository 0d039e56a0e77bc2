import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = new URL('../../helm/ocpi-gateway/alerts/', import.meta.url);
const read = (file: string): ReturnType<typeof JSON.parse> =>
  parse(readFileSync(new URL(file, FOLDER), 'utf8'));

interface Rule {
  alert: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

interface Case {
  alertname: string;
  exp_alerts: unknown[];
}

const { groups }: { groups: { rules: Rule[] }[] } = read('ocpi-gateway.rules.yaml');
const { tests }: { tests: { alert_rule_test: Case[] }[] } = read('ocpi-gateway.rules.test.yaml');
const rules = groups.flatMap((group) => group.rules);
const tried = tests.flatMap((test) => test.alert_rule_test);

/** What a reader needs beyond what `npm run check:deploy` looks at. */
describe('the alerts', () => {
  it.each(rules)('$alert says how bad it is, what it means and where to read on', (rule) => {
    expect(rule.alert).toMatch(/^Ocpi([A-Z][a-z0-9]+)+$/);
    expect(rule.labels).toEqual({ severity: expect.stringMatching(/^(critical|warning)$/) });
    expect(Object.keys(rule.annotations)).toEqual(['summary', 'description', 'runbook_url']);
  });

  it.each(rules)('$alert is tried where it fires and where it keeps still', ({ alert }) => {
    const expected = tried
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts: alerts }) => alerts.length > 0);
    expect([...new Set(expected)].sort()).toEqual([false, true]);
  });

  it('have a name each, and no test is about another', () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    for (const { alertname } of tried) expect(names).toContain(alertname);
  });
});
