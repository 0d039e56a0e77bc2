import { readFileSync } from 'node:fs';
import { describedMetrics, LABELS, renderMetricsDocument } from './metrics-document.js';
import { Metrics } from './metrics.js';

const metrics = new Metrics();
const described = describedMetrics(metrics);
const NOT_BASE_UNITS =
  /_(ms|millis|milliseconds|micros|minutes|hours|days|kb|mb|kilobytes|megabytes|percent|second|byte)(_|$)/;

/** `ocpi_push_lag_seconds` → `pushLagSeconds`. */
const propertyOf = (name: string): string =>
  name.replace(/^ocpi_/, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe('the metrics', () => {
  it('are all there that the class has', () => {
    const properties = Object.keys(metrics).filter((name) => !/^regist(ry|ers)$/.test(name));
    expect(described.map(({ name }) => propertyOf(name)).sort()).toEqual(properties.sort());
  });

  it.each(described)('$name keeps to the conventions', ({ name, type, help, labelNames }) => {
    expect(name).toMatch(/^ocpi_[a-z]+(_[a-z]+)*$/);
    expect(name).not.toMatch(NOT_BASE_UNITS);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect([name, /_(seconds|bytes)$/.test(name)]).toEqual([
      name,
      type === 'histogram' || /_((age|lag)_seconds|bytes)$/.test(name),
    ]);
    expect(help).toMatch(/^[A-Z1].*\.$/s);
    expect(labelNames.length).toBeLessThanOrEqual(4);
    expect(Object.keys(LABELS)).toEqual(expect.arrayContaining([...labelNames]));
  });

  it('have no label beside those that are described, and describe none that nobody has', () => {
    const used = new Set(described.flatMap(({ labelNames }) => labelNames));
    expect([...used].sort()).toEqual(Object.keys(LABELS).sort());
  });

  it('show from the start, as 0, what alerts look for the first of', async () => {
    const text = await metrics.registry.metrics();
    for (const outcome of ['refused', 'failed', 'unknown']) {
      expect(text).toContain(`ocpi_command_callbacks_total{outcome="${outcome}"} 0`);
    }
    expect(text).toContain('ocpi_authorizations_expired_total 0');
    expect(text).toContain('ocpi_csms_dead_letters_missed_total 0');
  });

  it('docs/metrics.md is what the registry says (else run: node scripts/metrics-docs.mjs)', () => {
    const path = new URL('../../../../docs/metrics.md', import.meta.url);
    expect(readFileSync(path, 'utf8')).toBe(renderMetricsDocument());
  });
});
