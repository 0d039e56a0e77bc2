import { authorizationHeader, tokenCandidates, tokenEncoding } from './authorization.js';
import { envelope, envelopeText, listOf, readEnvelope } from './envelope.js';
import { readListQuery } from './list-query.js';
import { OcpiError } from './ocpi-error.js';
import { nextLink, readCount, readNextLink } from './page-link.js';
import { mirrorRouting, readRouting, writeRouting } from './routing-headers.js';
import { joinUrl, withQuery } from './url-join.js';

const now = new Date('2026-01-01T12:00:00.500Z');

describe('envelope', () => {
  it('TRN-46 (partial: writing), TRN-49 (partial: writing), TRN-47 (partial: writing): code, message, UTC timestamp, data only where there is some', () => {
    expect(envelope([], { now })).toEqual({
      data: [],
      status_code: 1000,
      timestamp: '2026-01-01T12:00:00Z',
    });
    expect(envelope(undefined, { now, statusCode: 2001, message: 'no' })).toEqual({
      status_code: 2001,
      status_message: 'no',
      timestamp: '2026-01-01T12:00:00Z',
    });
    expect(JSON.parse(envelopeText('[{"a":1}]', { now }))).toEqual(envelope([{ a: 1 }], { now }));
  });
  it.each([
    [{ status_code: 1000, data: [] }, true],
    [{ status_code: 1901 }, true],
    [{ status_code: '1000' }, true],
    [{ status_code: 2001, data: {} }, false],
    [{ status_code: 3999 }, false],
  ])('STA-08 (partial: reading): %j is success: %s', (json, success) => {
    expect(readEnvelope(json)?.success).toBe(success);
  });
  it('STA-09 (partial: reading): data beside an error is not data', () => {
    expect(readEnvelope({ status_code: 2000, data: { hint: 1 } })?.data).toBeUndefined();
  });
  it.each([
    [undefined],
    [null],
    ['x'],
    [[]],
    [{}],
    [{ status_code: 'ok' }],
    [{ status_code: 10.5 }],
  ])('%j is no envelope', (json) => expect(readEnvelope(json)).toBeUndefined());
  it.each([[{ data: [] }], [{ data: null }], [{}]])(
    'TRN-47 (partial: reading): %j is an empty list',
    (rest) => {
      const read = readEnvelope({ status_code: 1000, ...rest });
      expect(read && listOf(read)).toEqual([]);
    },
  );
  it.each([[{ data: {} }], [{ data: null }], [{ data: 'ok' }], [{}]])(
    'TRN-49 (partial: reading): %j is success where no payload is due',
    (rest) => expect(readEnvelope({ status_code: 1000, ...rest })?.success).toBe(true),
  );
});

describe('errors', () => {
  it.each([
    [
      'STA-02 (partial: code)',
      OcpiError.invalidParameters([{ path: 'uid', message: 'required' }]),
      200,
      2001,
    ],
    ['STA-01 (partial: code)', OcpiError.badJson(), 400, 2001],
    ['STA-04 (partial: code)', OcpiError.unknownObject('location', '2.1.1'), 404, 2003],
    ['STA-04 (partial: code)', OcpiError.unknownObject('token', '2.2.1'), 404, 2004],
    [
      'STA-04 (partial: code), STA-11 (partial: unknown token) [2.1.1]',
      OcpiError.unknownObject('token', '2.1.1'),
      404,
      2000,
    ],
    ['STA-04 (partial: code)', OcpiError.unknownObject('session', '2.3.0'), 404, 2000],
    ['STA-03 (partial: code)', OcpiError.unauthorized(), 401, 2000],
    ['STA-10 (partial: the code)', OcpiError.unknownLocation(), 200, 2003],
    ['STA-14 (partial: code)', OcpiError.ownFailure(), 200, 3000],
    ['STA-14 (partial: code)', OcpiError.unavailable(), 503, 3000],
    ['STA-18 (partial: the code) [2.2.1+]', OcpiError.notCapable('no'), 404, 2001],
    ['TRN-18 (partial: code)', OcpiError.methodNotAllowed(['GET']), 405, 2000],
  ])('%s: HTTP status and code of a refusal (%#)', (_ids, error, http, code) => {
    expect([error.httpStatus, error.statusCode]).toEqual([http, code]);
  });
  it('keeps the cause for the log', () => {
    expect(OcpiError.ownFailure('x', new Error('secret')).cause).toBeInstanceOf(Error);
  });
});

describe('authorization', () => {
  it('TRN-06 (partial: header) [2.2.1+], TRN-07 (partial: header) [2.1.1]: base64 from 2.2.1 on, verbatim before', () => {
    expect(authorizationHeader('example-token', tokenEncoding('2.3.0'))).toBe(
      'Token ZXhhbXBsZS10b2tlbg==',
    );
    expect(authorizationHeader('example-token', tokenEncoding('2.1.1'))).toBe(
      'Token example-token',
    );
  });
  const AMBIGUOUS = 'IpbJOXxkxOAuKR92z0nEcmVF3Qw09VG7I7d/WCg0koM=';
  it.each([
    ['TRN-08 (partial: reading)', 'Token ZXhhbXBsZS10b2tlbg==', 'example-token', 'base64'],
    ['TRN-08 (partial: reading)', 'Token example-token', 'example-token', 'raw'],
    ['TRN-09 (partial: reading)', `Token ${AMBIGUOUS}`, AMBIGUOUS, 'raw'],
    ['TRN-10 (partial: reading) [2.2.1+]', 'Token ZXhhbXBsZS10b2tlbgo=', 'example-token', 'base64'],
    ['TRN-11 (partial: reading)', 'token   example-token ', 'example-token', 'raw'],
  ])('%s: %s may mean %s (%s)', (_ids, header, token, encoding) => {
    expect(tokenCandidates(header)).toContainEqual({ token, encoding });
  });
  it.each([undefined, '', 'Token', 'Token ', 'Bearer abc', 'abc'])(
    'TRN-11 (partial: reading): %j names no token',
    (header) => {
      expect(tokenCandidates(header)).toEqual([]);
    },
  );
});

describe('routing', () => {
  const NL = { country_code: 'NL', party_id: 'AAA' };
  const DE = { country_code: 'DE', party_id: 'EMP' };
  it('TRN-52 (partial: headers) [2.2.1+], TRN-71 (partial: routing): all four, whatever the case of names', () => {
    expect(
      readRouting({
        'OCPI-TO-party-id': 'AAA',
        'ocpi-to-country-code': 'NL',
        'Ocpi-From-Party-Id': 'EMP',
        'ocpi-from-country-code': 'DE',
      }),
    ).toEqual({ to: NL, from: DE, incomplete: [] });
    expect(readRouting(writeRouting({ to: NL, from: DE }))).toEqual({
      to: NL,
      from: DE,
      incomplete: [],
    });
  });
  it('TRN-56 (partial: reading) [2.2.1+]: half a party is incomplete, none is none', () => {
    expect(readRouting({ 'ocpi-to-party-id': 'AAA' })).toEqual({ incomplete: ['to'] });
    expect(
      readRouting({ 'ocpi-to-party-id': 'AAAA', 'ocpi-to-country-code': 'NL' }).incomplete,
    ).toEqual(['to']);
    expect(readRouting({})).toEqual({ incomplete: [] });
  });
  it('TRN-54 (partial: headers) [2.2.1+], TRN-60 (partial: the headers; hubs are not built yet) [2.2.1+]: an answer mirrors, an open request has no to', () => {
    expect(mirrorRouting({ to: NL, from: DE })).toEqual({ to: DE, from: NL });
    expect(mirrorRouting({ from: DE }, NL)).toEqual({ to: DE, from: NL });
    expect(Object.keys(writeRouting({ from: DE }))).toEqual([
      'OCPI-from-party-id',
      'OCPI-from-country-code',
    ]);
  });
});

describe('lists', () => {
  const limits = { defaultLimit: 50, maxLimit: 100 };
  const read = (query: Record<string, unknown>, more = {}) =>
    readListQuery(query, { ...limits, ...more });
  it('TRN-20 (partial: reading), TRN-23 (partial: reading): offset 0, our page size, a ceiling', () => {
    expect(read({})).toEqual({ ok: true, value: { offset: 0, limit: 50 } });
    expect(read({ offset: '2', limit: '2000', cursor: 'x' })).toEqual({
      ok: true,
      value: { offset: 2, limit: 100, cursor: 'x' },
    });
  });
  it.each([
    { offset: '-1' },
    { offset: '1.5' },
    { limit: '0' },
    { limit: 'abc' },
    { limit: '' },
    { date_from: 'yesterday' },
    { date_to: '' },
    { limit: ['1', '2'] },
  ])('TRN-26 (partial: reading): %j is refused', (query) => expect(read(query).ok).toBe(false));
  it('TRN-27 (partial: reading): date_from may be required', () => {
    expect(read({}, { dateFromRequired: true })).toMatchObject({
      ok: false,
      errors: [{ path: 'date_from' }],
    });
  });
  it('TRN-24 (partial: header): the next page repeats the filters, encoded', () => {
    const query = read({
      date_from: '2026-01-01T00:00:00',
      date_to: '2026-02-01T01:00:00 01:00',
      limit: '50',
      cursor: 'old',
    });
    const link = query.ok
      ? nextLink('https://cpo.example/ocpi/2.2.1/locations', query.value, {
          offset: 50,
          cursor: 'c=',
        })
      : '';
    expect(link).toBe(
      '<https://cpo.example/ocpi/2.2.1/locations?date_from=2026-01-01T00%3A00%3A00Z&date_to=2026-02-01T00%3A00%3A00Z&offset=50&limit=50&cursor=c%3D>; rel="next"',
    );
    expect(readNextLink(link)).toContain('cursor=c%3D');
  });
  it.each([
    ['<https://a.example/?p=1,2&q=;x>; rel="next"', 'https://a.example/?p=1,2&q=;x'],
    ['<https://a.example/1>; rel=next', 'https://a.example/1'],
    [
      '<https://a.example/0>; rel="prev", <https://a.example/2>; title="a, b"; REL="last next"',
      'https://a.example/2',
    ],
    ['</relative?offset=5>;rel="next"', '/relative?offset=5'],
    ['<https://a.example/0>; rel="prev"', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('TRN-28 (partial: header): the next link of %j is %s', (header, target) => {
    expect(readNextLink(header)).toBe(target);
  });
  it('reads counts and nothing else', () => {
    expect([readCount('250'), readCount(['3']), readCount('many'), readCount(undefined)]).toEqual([
      250,
      3,
      undefined,
      undefined,
    ]);
  });
});

describe('URLs', () => {
  it.each([
    ['https://e.example/tokens', ['NL', 'TNM'], 'https://e.example/tokens/NL/TNM'],
    ['https://e.example/tokens/', ['NL'], 'https://e.example/tokens/NL'],
    [
      'https://e.example/x/9/loc?k=1',
      ['NL', 'A/1 #2'],
      'https://e.example/x/9/loc/NL/A%2F1%20%232?k=1',
    ],
    ['https://e.example/tokens', [], 'https://e.example/tokens'],
  ])(
    'TRN-41 (partial: joining), TRN-64 (partial: joining), TRN-65 (partial: joining): %s with %j is %s',
    (base, segments, url) => {
      expect(joinUrl(base, ...segments)).toBe(url);
    },
  );
  it.each(['', '.', '..'])('%j is no segment', (segment) => {
    expect(() => joinUrl('https://e.example', segment)).toThrow(RangeError);
  });
  it('adds parameters to a query that is there', () => {
    expect(withQuery('https://e.example/?k=1', { a: 'b c', n: undefined })).toBe(
      'https://e.example/?k=1&a=b%20c',
    );
  });
});
