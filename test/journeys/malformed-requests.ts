import fc from 'fast-check';
import { authorizationHeader, OCPI_VERSIONS, tokenEncoding } from '#ocpi';

/** A request as it goes on the wire. */
export interface RawRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** Who asks: a registered partner's full token, a token A, or nobody we know. */
export interface Callers {
  full: Record<(typeof OCPI_VERSIONS)[number], string>;
  bootstrap: string;
}

const MODULES = [
  'credentials',
  'locations',
  'tariffs',
  'sessions',
  'cdrs',
  'tokens',
  'commands',
  'chargingprofiles',
];
const METHODS = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS'];

/** Anything a path segment may hold, as bytes that HTTP lets through. */
const segment = fc.oneof(
  fc.constantFrom(
    'NL',
    'EVC',
    'DE',
    'E11',
    'XX',
    'ZZZ',
    'SITE-001',
    'CARD-0',
    '..',
    '.',
    '%00',
    '%ff',
    '%2e%2e',
  ),
  fc.constantFrom(
    '%',
    '%zz',
    '%c3%28',
    "' OR 1=1--".replaceAll(' ', '%20'),
    'a'.repeat(2000),
    '👾',
  ),
  fc.string({ maxLength: 60, unit: 'grapheme' }),
);
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['offset=-1', 'limit=0', 'limit=abc', 'limit=1e9', 'offset=99999999999999999999'],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        'date_from=yesterday',
        'date_to=9999999-01-01T00:00:00Z',
        'date_from=2020-02-31T00:00:00Z',
        'cursor=%00',
        'type=NOPE',
        'type=&type=',
      ],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string({ maxLength: 40 }).map((text) => `x=${encodeURIComponent(text)}`),
  },
);

/** Bodies that are no object of OCPI: not JSON, of the wrong kind, with wrong fields, too deep, badly encoded. */
const nearToken = fc.record({
  country_code: fc.constantFrom<unknown>('XX', 'DE', 5, null),
  party_id: fc.constantFrom<unknown>('ZZZ', 'E11', [], ''),
  uid: fc.oneof(fc.constantFrom<unknown>('CARD-0', '', 12, 'x'.repeat(500)), fc.string()),
  type: fc.constantFrom<unknown>('RFID', 'NOPE', 0, {}),
  contract_id: fc.constantFrom<unknown>('DEE11C1', 'C'.repeat(400), null),
  issuer: fc.constantFrom<unknown>('x', 5, 'y'.repeat(1000)),
  // Never a token that could be taken: this one is always wrong.
  valid: fc.constantFrom<unknown>('maybe', 3, [], {}),
  whitelist: fc.constantFrom<unknown>('ALWAYS', 'SOMETIMES', false),
  last_updated: fc.constantFrom<unknown>('2026-01-01T00:00:00Z', 'now', 0),
});
const text = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '{"uid":',
    '[1,2',
    'null',
    '"x"',
    '[]',
    '5',
    'true',
    'undefined',
    '\u0000',
  ),
  fc.constantFrom(
    '{"__proto__":{"valid":true}}',
    '{"a":1e999}',
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
  ),
  fc.json({ maxDepth: 4 }),
  nearToken.map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '{"token":"","url":"x"}',
    '{"token":"abc","url":"http://[::1"}',
    '{"token":5,"url":[]}',
  ),
);
const body = fc.oneof(
  { weight: 20, arbitrary: text.map((value) => Buffer.from(value)) },
  { weight: 2, arbitrary: text.map((value) => Buffer.from(`\ufeff${value}`, 'utf16le')) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);

const headerNoise = fc.dictionary(
  fc.constantFrom(
    'ocpi-to-country-code',
    'ocpi-to-party-id',
    'ocpi-from-country-code',
    'ocpi-from-party-id',
    'x-request-id',
    'x-correlation-id',
    'content-encoding',
    'accept',
  ),
  fc.oneof(
    fc.constantFrom('NL', 'EVC', 'XX', '', 'gzip', 'a'.repeat(3000)),
    fc.string({ maxLength: 30 }),
  ),
  { maxKeys: 3 },
);

const contentType = fc.constantFrom(
  'application/json',
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/json; charset=latin1',
  ';;;',
  '',
);

/** Requests that no partner should send, over every route and version, by partners and strangers. */
export function malformedRequests(callers: Callers): fc.Arbitrary<RawRequest> {
  return fc
    .record({
      version: fc.constantFrom<string>(...OCPI_VERSIONS, '2.0', '3.0', 'v2'),
      module: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...MODULES) },
        { weight: 1, arbitrary: segment },
      ),
      segments: fc.array(segment, { maxLength: 5 }),
      query,
      method: fc.constantFrom(...METHODS),
      body,
      contentType,
      noise: headerNoise,
      caller: fc.constantFrom(
        'own',
        'own',
        'own',
        'other version',
        'bootstrap',
        'stranger',
        'nobody',
        'garbled',
      ),
      odd: fc.integer({ min: 0, max: 9 }),
    })
    .filter(isMalformed)
    .map(({ version, module, segments, query: search, method, body: bytes, ...rest }) => {
      const authorization = authorizationOf(rest.caller, version, callers);
      const route = rest.odd === 0 ? ['versions', ...segments] : [version, module, ...segments];
      const path = `/ocpi/${route.join('/')}${search && `?${search}`}`;
      return {
        method,
        path: onTheWire(path),
        headers: {
          ...printable(rest.noise),
          ...(authorization !== undefined && { authorization }),
          ...(rest.contentType !== '' && { 'content-type': rest.contentType }),
        },
        body: method === 'GET' || method === 'OPTIONS' ? undefined : bytes,
      };
    });
}

/** What a partner may well ask for is not malformed: above all, ending its own registration. */
function isMalformed({ module, method, caller }: Record<string, unknown>): boolean {
  const mayActOnCredentials = module === 'credentials' && method === 'DELETE';
  return !(mayActOnCredentials && ['own', 'other version', 'bootstrap'].includes(String(caller)));
}

function authorizationOf(
  caller: string,
  version: string,
  { full, bootstrap }: Callers,
): string | undefined {
  const spoken = OCPI_VERSIONS.find((known) => known === version) ?? '2.2.1';
  const encoding = tokenEncoding(spoken);
  switch (caller) {
    case 'own':
      return authorizationHeader(full[spoken], encoding);
    case 'other version':
      return authorizationHeader(full[spoken === '2.1.1' ? '2.3.0' : '2.1.1'], encoding);
    case 'bootstrap':
      return authorizationHeader(bootstrap, encoding);
    case 'stranger':
      return authorizationHeader('00000000-0000-4000-8000-000000000000', encoding);
    case 'garbled':
      return 'Bearer %%%';
    default:
      return undefined;
  }
}

/** Header values that HTTP can carry. */
const printable = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '?')]),
  );

/** A request line holds printable ASCII without blanks; the rest is percent-encoded as a client would. */
const onTheWire = (path: string): string =>
  path.replace(/[^\x21-\x7e]|[#?](?=.*\?)/gu, (char) =>
    encodeURIComponent(char.isWellFormed() ? char : '?'),
  );
