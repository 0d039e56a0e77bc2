import { masked, maskedHeaders } from './masking.js';
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
    expect(masked(body, [])).not.toContain('canary');
  });

  const inText = (depth: number, body: string): string =>
    depth === 0 ? body : inText(depth - 1, JSON.stringify({ detail: `sent ${body}` }));

  it.each<[string, string]>([
    ['an API key', '{"api_key":"canary"}'],
    ['a password and what follows a quote in it', '{"Password":"x\\"canary"}'],
    ['a client secret in camel case', '{"clientSecret":"canary"}'],
    ['JSON within JSON', inText(1, '{"access_token":"canary","uid":"04AA"}')],
    ['JSON within JSON within JSON', inText(2, '{"token":"x\\"canary"}')],
    ['JSON three times deep', inText(3, '{"token":"canary"}')],
    ['escaped JSON with escaped slashes', inText(1, '{"token":"a/canary"}').replaceAll('/', '\\/')],
    ['a response_url', '{"response_url":"https://x/cb/1?a=b&access_token=canary#x"}'],
    ['a response_url with escapes', '{"response_url":"https:\\/\\/x?a=1\\u0026token=a\\/canary"}'],
    ['a URL within a URL', 'https://x/?back=https%3A%2F%2Fy%2F%3Ftoken%3Dcanary%26uid%3D04AA'],
    ['a URL with a user', '{"url":"https://canary:canary@x/versions"}'],
    ['a form', 'grant_type=x&client_secret=canary&uid=04AA'],
    ['the first field of a form', 'password=canary&x=y'],
    ['a field of a form with brackets', 'user%5Bpassword%5D=canary&user[token]=canary'],
    ['a web token by no name', '{"note":"eyJhbGciOiJSUzI1NiJ9.canarycanary.c2lnbmF0dXJl"}'],
    ['a cut body within a body', '{"a":"{\\"token\\":\\"canary'],
  ])('P15 (partial: message traces): %s', (_, body) => {
    expect(masked(body, [])).not.toContain('canary');
  });

  it('leaves all else as it was on the wire', () => {
    const body = `${inText(2, '{"uid":"04AA","auth_id":"X","token":{"uid":"04AA"}}')}
      {"public_key":"A=","auth_method":"COMMAND","authorization_reference":"r","tokens":2,"url":"https://x/tokens/DE/E/04?type=RFID"}`;

    expect(masked(body, [])).toBe(body);
  });

  it('takes no time for what is long and means nothing', () => {
    const began = performance.now();
    for (const part of [
      'a=',
      'a-',
      '"',
      '\\',
      '\\"',
      '"a":',
      'token',
      '://',
      '%3D',
      'eyJ-',
      '"token":"',
    ]) {
      masked(part.repeat(40_000), []);
    }
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('P15 (partial: message traces): a token that is known, wherever it stands and in base64', () => {
    const token = 'canary-token-0123';
    const base64 = Buffer.from(token).toString('base64');

    const shown =
      masked(`token ${token} unknown, or ${base64}`, [token]) +
      masked(`https://x/${token}?a=1`, [undefined, token]) +
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
    expect(masked('https://u:canary@x/a?api_key=canary&uid=1&access_token=canary', [])).toBe(
      'https://***@x/a?api_key=***&uid=1&access_token=***',
    );
    expect(masked('/ocpi/2.2.1/cdrs?sig=canary', [])).toBe('/ocpi/2.2.1/cdrs?sig=***');
  });

  it.each([
    'X-Auth-Token',
    'Authentication',
    'X-Api-Key',
    'api-key',
    'apikey',
    'Ocp-Apim-Subscription-Key',
    'X-Amz-Security-Token',
    'X-Client-Secret',
    'X-Auth',
    'Proxy-Authorization',
    'X-Forwarded-Password',
  ])('hides the header %s', (name) => {
    const shown = maskedHeaders(
      { [name]: 'canary', link: '<https://x/?key=canary>; rel="next"' },
      [],
    );

    expect(shown).toEqual({
      [name.toLowerCase()]: '***',
      link: '<https://x/?key=***>; rel="next"',
    });
  });

  it.each(['WWW-Authenticate', 'X-Request-ID', 'OCPI-To-Party-Id', 'Idempotency-Key', 'X-Tokens'])(
    'shows the header %s',
    (name) => {
      expect(maskedHeaders({ [name]: 'Token realm="x"' }, [])).toEqual({
        [name.toLowerCase()]: 'Token realm="x"',
      });
    },
  );

  it('leaves drivers’ tokens as they are, for commands are about them', () => {
    const body = '{"token":{"uid":"04AA","type":"RFID"},"location_id":"L"}';

    expect(masked(body, ['other-token'])).toBe(body);
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
