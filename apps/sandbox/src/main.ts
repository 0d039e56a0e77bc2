import { gatewayEnvironment, readSettings } from '#platform';
import { runDemo } from './demo/run-demo.js';
import { runOnce } from './demo/run-once.js';
import { Sandbox } from './demo/sandbox.js';

/** `node dist/apps/sandbox/src/main.js [--once]` beside a running gateway, with the gateway's own environment. */
const settings = readSettings(gatewayEnvironment());
const sandbox = new Sandbox({
  adminUrl: `http://127.0.0.1:${settings.internalPort}`,
  adminKey: settings.adminKey,
  csmsUrl: `http://127.0.0.1:${settings.consumerInternalPort}`,
  stateDir: process.env['SANDBOX_STATE_DIR'] ?? 'var/sandbox',
  ...(settings.kafkaBrokers.length > 0 && {
    kafkaBrokers: settings.kafkaBrokers,
    topicPrefix: settings.kafkaTopicPrefix,
  }),
});
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());

await sandbox.start();
if (process.argv.includes('--once')) {
  const faults = await runOnce(sandbox);
  await sandbox.stop();
  for (const fault of faults) console.error(`✗ ${fault}`);
  if (faults.length === 0)
    console.log('✓ everything arrived, and nothing arrived where it must not');
  process.exit(faults.length === 0 ? 0 : 1);
}
console.log(`
OCPI     http://127.0.0.1:${settings.publicPort}/ocpi/versions
admin    http://127.0.0.1:${settings.internalPort}/admin/v1/docs
metrics  http://127.0.0.1:${settings.internalPort}/metrics  http://127.0.0.1:${settings.consumerInternalPort}/metrics
try      npm run ocpi -- partner list
         Ctrl-C stops everything; the data stay.
`);
await runDemo(sandbox, ended.signal);
await sandbox.stop();
process.exit(0);
