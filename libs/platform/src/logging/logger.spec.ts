import { Writable } from 'node:stream';
import { withLogFields } from './log-fields.js';
import { buildLogger } from './logger.js';

const CANARY = 'canary0123456789canary';

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
  ])('P15 (partial: log lines): hides the secret in %s', (_, fields, message = 'message') => {
    const { lines, logger } = collector();

    logger.info(fields, message);

    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(CANARY);
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
