import { Writable } from 'node:stream';
import { withLogFields } from './log-fields.js';
import { buildLogger } from './logger.js';
import { hideSecrets } from './secret-text.js';

const CANARY = 'canary0123456789canary';
const BASE64 = Buffer.from(CANARY).toString('base64');
const WEB_TOKEN = `eyJhbGciOiJSUzI1NiJ9.${BASE64.replaceAll('=', '')}.c2lnbmF0dXJl`;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

function collector() {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, logger: buildLogger(stream) };
}

describe('the logger', () => {
  it.each<[string, object, string?]>([
    ['an authorization header', { req: { headers: { authorization: `Token ${CANARY}` } } }],
    ['a header at the top', { authorization: `Token ${CANARY}` }],
    ['a credentials body', { body: { token: CANARY, url: 'https://x' } }],
    ['an answer with credentials', { response: { body: { data: { token: CANARY } } } }],
    ['an error that quotes the header', { err: new Error(`sent Token ${CANARY}`) }],
    ['an error that carries its request', { err: Object.assign(new Error('x'), { CANARY }) }],
    ['a message that quotes the header', {}, `Authorization: Token ${CANARY}`],
    ['a database URL', {}, `cannot reach postgres://gateway:${CANARY}@db/x`],
    ['a header in base64', { reason: `sent Token ${BASE64}` }],
    ['a field of text', { reason: `HTTP 401: Bearer ${CANARY} is not known` }],
    ['a field of text with a URL', { detail: [`amqp://u:${CANARY}@x`] }],
    ['a body deep within', { a: { b: { c: { d: { e: { credentials: { token: CANARY } } } } } } }],
    ['a list of bodies', { bodies: [{ token: CANARY }, { TOKEN: CANARY }] }],
    ['a body as text', { request: `{"token":"${CANARY}","url":"https://x"}` }],
    ['a body as text within text', { why: JSON.stringify(`{"token":"${CANARY}"}`) }],
    ['an admin key', { headers: { 'x-admin-key': CANARY }, adminKey: CANARY }],
    ['a webhook secret', { client: { webhookSecret: CANARY, webhook_secret: CANARY } }],
    ['a header of another name', { headers: { 'X-Auth-Token': CANARY, Authentication: CANARY } }],
    ['a URL', { url: `https://x/versions?access_token=${CANARY}&a=1` }],
    ['a form', { request: `grant_type=x&client_secret=${CANARY}` }],
    ['a SASL password', { sasl: { username: 'u', password: CANARY } }],
    [
      'tokens of a sign-in',
      { answer: { access_token: CANARY, id_token: CANARY, refresh_token: CANARY } },
    ],
    ['a JSON Web Token without a word', { detail: `refused ${WEB_TOKEN}` }],
    ['a cookie', { headers: { Cookie: `session=${CANARY}`, 'set-cookie': [CANARY] } }],
    ['the cause of an error', { err: new Error('x', { cause: new Error(`Token ${CANARY}`) }) }],
    ['an error under another name', { failure: new Error(`Basic ${CANARY}`) }],
    ['an error that is the message', { err: new Error(`Bearer ${CANARY}`) }, ''],
    ['bytes', { raw: Buffer.from(CANARY) }],
    ['something that prints itself', { it: { toJSON: () => ({ password: CANARY }) } }],
  ])('P15 (partial: log lines): hides the secret in %s', (_, fields, message = 'message') => {
    const { lines, logger } = collector();
    logger.level = 'trace';

    for (const level of LEVELS) logger[level](fields, message === '' ? undefined : message);

    expect(lines).toHaveLength(LEVELS.length);
    for (const line of lines) {
      expect(line).not.toContain(CANARY);
      expect(line).not.toContain(BASE64.replaceAll('=', ''));
    }
  });

  it('P15 (partial: log lines): hides the secrets of the settings wherever they stand', () => {
    const { lines, logger } = collector();
    hideSecrets([CANARY, 'short']);

    logger.info({ anything: `xx${CANARY}xx` }, `yy${CANARY}yy and short words stay`);

    expect(lines[0]).not.toContain(CANARY);
    expect(lines[0]).toContain('short words stay');
  });

  it('keeps what an operator needs of fields and errors', () => {
    const { lines, logger } = collector();
    const err = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

    logger.warn({ err, tokens: 12, connection: 'emsp', object: 'NL*AAA/LOC1' }, 'push');

    expect(JSON.parse(lines[0]!)).toMatchObject({
      message: 'push',
      tokens: 12,
      connection: 'emsp',
      object: 'NL*AAA/LOC1',
      err: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
    });
  });

  it('puts no field of one line on the next line of the request', () => {
    const { lines, logger } = collector();

    withLogFields({ requestId: 'r1' }, () => {
      logger.info({ only: 'here' }, 'first');
      logger.info('second');
    });

    expect(JSON.parse(lines[1]!)).not.toHaveProperty('only');
  });

  it('puts the fields of the request on every line within it and on none outside', async () => {
    const { lines, logger } = collector();

    await withLogFields({ requestId: 'r1', correlationId: 'c1' }, async () => {
      await Promise.resolve();
      withLogFields({ partner: 'NL*EMS' }, () => logger.info('within'));
    });
    logger.info('outside');

    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'info',
      message: 'within',
      requestId: 'r1',
      correlationId: 'c1',
      partner: 'NL*EMS',
    });
    expect(JSON.parse(lines[1]!)).not.toHaveProperty('requestId');
  });
});
