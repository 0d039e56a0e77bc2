import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `gateway smoke-test`: an installation answers where it must, and only there. Asks at SMOKE_PUBLIC_URL, SMOKE_INTERNAL_URL and
 * SMOKE_CONSUMER_URL, which are bases without a path; needs no key. With SMOKE_CLIENT_CERTIFICATES=required nobody may get in on the
 * public one who shows no certificate.
 */
const PATIENCE_MS = 60_000;
const {
  SMOKE_PUBLIC_URL: partners,
  SMOKE_INTERNAL_URL: operators,
  SMOKE_CONSUMER_URL: csms,
  SMOKE_CLIENT_CERTIFICATES: clientCertificates,
} = process.env;
const NOT_LET_IN = 'not let in';

const PUBLIC_CHECKS =
  clientCertificates === 'required'
    ? [['nobody gets in without a certificate', `${partners}/ocpi/versions`, NOT_LET_IN]]
    : [
        ['partners without a token are refused', `${partners}/ocpi/versions`, 401, isEnvelope],
        ['the admin API is not public', `${partners}/admin/v1/connections`, 404],
        ['metrics are not public', `${partners}/metrics`, 404],
      ];

const CHECKS = [
  ['ocpi-api is ready', `${operators}/health/ready`, 200],
  ['csms-consumer is ready', `${csms}/health/ready`, 200],
  ['the admin API wants a key', `${operators}/admin/v1/connections`, 401],
  ...PUBLIC_CHECKS,
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
    const answer = await get(url);
    if (answer.status !== status) return `${url} answers ${answer.status} instead of ${status}`;
    return looksRight(answer.text)
      ? undefined
      : `${url} answers something else: ${answer.text.slice(0, 200)}`;
  } catch (error) {
    return `${url}: ${error.message}`;
  }
}

function get(url) {
  return new Promise((resolve, reject) => {
    const { request, options } = url.startsWith('https:')
      ? // The certificate names the host that partners ask for, which is not this Service.
        { request: https.request, options: { rejectUnauthorized: false } }
      : { request: http.request, options: {} };
    const asked = request(url, { ...options, timeout: 5000 }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
      answer.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer within 5 s')));
    asked.on('error', (error) =>
      /CERTIFICATE_REQUIRED/.test(error.code)
        ? resolve({ status: NOT_LET_IN, text: '' })
        : reject(error),
    );
    asked.end();
  });
}

function isEnvelope(text) {
  try {
    return Number.isInteger(JSON.parse(text).status_code);
  } catch {
    return false;
  }
}
