import { gatewayEnvironment, readSettings } from '#platform';
import { introduction } from './demo/introduction.js';
import { runDemo } from './demo/run-demo.js';
import { runOnce } from './demo/run-once.js';
import { Sandbox } from './demo/sandbox.js';

/**
 * `node dist/apps/sandbox/src/main.js [--once]` beside a running gateway, with the gateway's own environment. Where the
 * gateway is another host, SANDBOX_ADMIN_URL and SANDBOX_CSMS_URL say where, and SANDBOX_HOST is our name to it.
 */
const settings = readSettings(gatewayEnvironment());
const adminUrl = process.env['SANDBOX_ADMIN_URL'] ?? `http://127.0.0.1:${settings.internalPort}`;
const csmsUrl =
  process.env['SANDBOX_CSMS_URL'] ?? `http://127.0.0.1:${settings.consumerInternalPort}`;
const host = process.env['SANDBOX_HOST'];
const sandbox = new Sandbox({
  adminUrl,
  adminKey: settings.adminKey,
  csmsUrl,
  versionsUrl: `${settings.publicUrl}/ocpi/versions`,
  stateDir: process.env['SANDBOX_STATE_DIR'] ?? 'var/sandbox',
  ...(host && { host }),
  ...(settings.kafkaBrokers.length > 0 && {
    kafkaBrokers: settings.kafkaBrokers,
    topicPrefix: settings.kafkaTopicPrefix,
  }),
});
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());

try {
  await sandbox.start();
} catch (error) {
  console.error(`✗ the sandbox could not start: ${(error as Error).message}`);
  await sandbox.stop();
  process.exit(1);
}
if (process.argv.includes('--once')) {
  const { faults, results } = await runOnce(sandbox);
  const changed = faults.length === 0 ? [] : await sandbox.changedKnobs().catch(() => []);
  await sandbox.stop();
  for (const result of results) console.log(result);
  for (const fault of faults) console.error(`✗ ${fault}`);
  for (const knobs of changed) {
    console.error(`  may be explained by ${knobs}; start over: npm run quickstart -- --fresh`);
  }
  if (faults.length === 0)
    console.log('✓ everything arrived, and nothing arrived where it must not');
  process.exit(faults.length === 0 ? 0 : 1);
}
console.log(introduction(settings, sandbox.partners));
await runDemo(sandbox, ended.signal);
await sandbox.stop();
process.exit(0);
