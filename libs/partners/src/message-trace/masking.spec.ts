import { maskedBody } from './masked-body.js';
import { maskedHeaders, maskedUrl } from './masked-headers.js';
import { moduleOfUrl } from './module-of-url.js';

describe('what a trace hides', () => {
  it.each([
    ['a credentials object', '{"token":"canary","url":"https://x/versions"}'],
    ['an answer with one', '{"data":{"roles":[],"token" : "canary"},"status_code":1000}'],
    ['a field written with escapes', '{"\\u0074o\\u006Ben":"canary"}'],
    ['another case', '{"Token":"canary"}'],
    ['quotes within', '{"token":"can\\"canary","url":"x"}'],
    ['a body that was cut', '{"data":{"token":"canary'],
    ['no JSON at all', '<b>"token": "canary"</b>'],
  ])('P15 (partial: message traces): the token in %s', (_, body) => {
    expect(maskedBody(body, [])).not.toContain('canary');
  });

  it('P15 (partial: message traces): a token that is known, wherever it stands and in base64', () => {
    const token = 'canary-token-0123';
    const base64 = Buffer.from(token).toString('base64');

    const shown =
      maskedBody(`token ${token} unknown, or ${base64}`, [token]) +
      maskedUrl(`https://x/${token}?a=1`, [undefined, token]) +
      JSON.stringify(maskedHeaders({ 'X-Echo': base64 }, [token]));

    expect(shown).not.toContain(token);
    expect(shown).not.toContain(base64);
  });

  it('hides what headers and URLs call secret, and keeps the scheme that partners get wrong', () => {
    expect(
      maskedHeaders(
        { Authorization: 'Token canary', 'set-cookie': ['a=canary'], Date: 'now', 'x-n': 1 },
        [],
      ),
    ).toEqual({ authorization: 'Token ***', 'set-cookie': '***', date: 'now', 'x-n': '1' });
    expect(maskedUrl('https://u:canary@x/a?api_key=canary&uid=1&access_token=canary', [])).toBe(
      'https://***@x/a?api_key=***&uid=1&access_token=***',
    );
  });

  it('leaves drivers’ tokens as they are, for commands are about them', () => {
    const body = '{"token":{"uid":"04AA","type":"RFID"},"location_id":"L"}';

    expect(maskedBody(body, ['other-token'])).toBe(body);
  });
});

describe('the module of a URL of a partner', () => {
  const connection = {
    versionsUrl: 'https://p/ocpi/versions',
    endpoints: [
      { identifier: 'tokens', role: 'SENDER' as const, url: 'https://p/x' },
      { identifier: 'cdrs', role: 'RECEIVER' as const, url: 'https://p/x/c/' },
    ],
  };

  it.each([
    ['https://p/ocpi/versions', 'versions'],
    ['https://p/x/c/1', 'cdrs'],
    ['https://p/x/c?y=1', 'cdrs'],
    ['https://p/x/coal', 'tokens'],
    ['https://p/cb/tokens/commands/START_SESSION/7', 'commands'],
    ['https://p/cb/7', null],
  ])('of %s is %s', (url, module) => {
    expect(moduleOfUrl(url, connection)).toBe(module);
  });
});
