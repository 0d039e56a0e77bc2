import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `gateway smoke-test`: an installation answers where it must, and only there. Asks at SMOKE_PUBLIC_URL, SMOKE_INTERNAL_URL and
 * SMOKE_CONSUMER_URL, which are bases without a path; needs no key.
 */
const PATIENCE_MS = 60_000;
const {
  SMOKE_PUBLIC_URL: partners,
  SMOKE_INTERNAL_URL: operators,
  SMOKE_CONSUMER_URL: csms,
} = process.env;

const CHECKS = [
  ['ocpi-api is ready', `${operators}/health/ready`, 200],
  ['csms-consumer is ready', `${csms}/health/ready`, 200],
  ['partners without a token are refused', `${partners}/ocpi/versions`, 401, isEnvelope],
  ['the admin API wants a key', `${operators}/admin/v1/connections`, 401],
  ['the admin API is not public', `${partners}/admin/v1/connections`, 404],
  ['metrics are not public', `${partners}/metrics`, 404],
];

const deadline = Date.now() + PATIENCE_MS;
for (const [title, url, status, looksRight = () => true] of CHECKS) {
  const said = await answerOf(url, status, looksRight);
  console.log(`${said === undefined ? 'pass' : 'FAIL'}  ${title}${said ? `: ${said}` : ''}`);
  if (said !== undefined) process.exitCode = 1;
}

/** Undefined when the answer is the expected one before the deadline; else what was wrong last. */
async function answerOf(url, status, looksRight) {
  for (;;) {
    const said = await ask(url, status, looksRight);
    if (said === undefined || Date.now() > deadline) return said;
    await sleep(1000);
  }
}

async function ask(url, status, looksRight) {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
    const text = await answer.text();
    if (answer.status !== status) return `${url} answers ${answer.status} instead of ${status}`;
    return looksRight(text) ? undefined : `${url} answers something else: ${text.slice(0, 200)}`;
  } catch (error) {
    return `${url}: ${error.cause?.message ?? error.message}`;
  }
}

function isEnvelope(text) {
  try {
    return Number.isInteger(JSON.parse(text).status_code);
  } catch {
    return false;
  }
}
