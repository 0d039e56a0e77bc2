// Writes docs/metrics.md from the registry of metrics. Run after a build.
import { writeFileSync } from 'node:fs';

const { renderMetricsDocument } =
  await import('../dist/libs/platform/src/metrics/metrics-document.js');
writeFileSync(new URL('../docs/metrics.md', import.meta.url), renderMetricsDocument());
