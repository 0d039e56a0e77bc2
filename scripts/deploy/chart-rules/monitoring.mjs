import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { chartDir } from '../chart.mjs';
import { matches, ofKind } from '../manifest-queries.mjs';

/** What monitoring finds. */
export const monitoringRules = {
  'Prometheus finds the internal port of both applications, once': ({ objects }) => {
    for (const { spec } of ofKind(objects, 'ServiceMonitor')) {
      const chosen = ofKind(objects, 'Service').filter(({ metadata }) =>
        matches(spec.selector.matchLabels, metadata.labels),
      );
      assert.deepEqual(
        chosen.map(({ metadata }) => metadata.labels['app.kubernetes.io/component']).sort(),
        ['csms-consumer', 'ocpi-api'],
      );
      assert.deepEqual(
        spec.endpoints.map(({ port, path: at }) => [port, at]),
        [['internal', '/metrics']],
      );
      for (const service of chosen)
        assert.deepEqual(
          service.spec.ports.map(({ name }) => name),
          ['internal'],
        );
    }
  },

  'the PrometheusRule has every alert of the chart, its runbook under the base that was given': ({
    objects,
    root,
    values,
  }) => {
    const base = values.prometheusRule?.runbookBaseUrl;
    const folder = path.join(chartDir(root), 'alerts');
    const wanted = fs
      .readdirSync(folder)
      .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
      .flatMap((file) => parse(fs.readFileSync(path.join(folder, file), 'utf8')).groups);
    if (base)
      for (const { annotations } of wanted.flatMap(({ rules }) => rules))
        if (annotations) annotations.runbook_url = new URL(annotations.runbook_url, base).href;
    for (const { spec } of ofKind(objects, 'PrometheusRule')) assert.deepEqual(spec.groups, wanted);
  },

  'every dashboard comes unchanged in a ConfigMap that Grafana looks for': ({ objects, root }) => {
    const maps = ofKind(objects, 'ConfigMap');
    if (maps.length === 0) return;
    const folder = path.join(chartDir(root), 'dashboards');
    const found = Object.assign({}, ...maps.map(({ data }) => data));
    assert.deepEqual(Object.keys(found).sort(), fs.readdirSync(folder).sort());
    for (const [file, text] of Object.entries(found))
      assert.equal(text, fs.readFileSync(path.join(folder, file), 'utf8'), file);
    for (const { metadata } of maps)
      assert.ok(
        Object.keys(metadata.labels).some((label) => label.startsWith('grafana')),
        `${metadata.name}: no label of Grafana`,
      );
  },
};
