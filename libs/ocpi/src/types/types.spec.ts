import { formatDateTime, parseDateTime, reformatDateTime } from './date-time.js';
import { coordinate, fourDecimals } from './number.js';
import { cutAtWord, toPrintableAscii, withoutControlCharacters, withoutMarkup } from './text.js';

describe('text', () => {
  it.each([
    ['Köln', 'Koln'],
    ['Café Société', 'Cafe Societe'],
    ['Straße', 'Strasse'],
    ['Łódź', 'Lodz'],
    ['Ærøskøbing', 'AEroskobing'],
    ['„Zum Löwen“ – 24 h', '"Zum Lowen" - 24 h'],
    ['Αθήνα', 'Athina'],
    ['Москва', 'Moskva'],
    ['5 €/h', '5 EUR/h'],
    ['ﬁne', 'fine'],
    ['充電', '??'],
    ['plain', 'plain'],
  ])('%s in printable ASCII is %s', (text, ascii) => {
    expect(toPrintableAscii(text)).toBe(ascii);
    expect(toPrintableAscii(text)).toMatch(/^[\x20-\x7e]*$/);
  });
  it.each([
    ['Café\nA', 'Café A'],
    ['a\r\n\tb', 'a b'],
    ['a\u0007b\u009fc', 'abc'],
    ['same', 'same'],
  ])('%j without control characters is %j', (text, clean) => {
    expect(withoutControlCharacters(text)).toBe(clean);
  });
  it.each([
    ['<b>bold</b>', 'bold'],
    ['a<br>b', 'a b'],
    ['<a href="x">l</a> &amp; more', 'l & more'],
    ['5 < 6 & 7 > 2', '5 < 6 & 7 > 2'],
    ['<!-- x -->y', 'y'],
  ])('%s without markup is %s', (text, plain) => {
    expect(withoutMarkup(text)).toBe(plain);
  });
  it.each([
    ['one two three', 7, 'one two'],
    ['one two three', 9, 'one two'],
    ['one two three', 13, 'one two three'],
    ['abcdefghij', 4, 'abcd'],
    ['a bcdefghijk', 8, 'a bcdefg'],
    ['Hauptplatz, Hof', 12, 'Hauptplatz'],
    ['🚗🚗🚗', 2, '🚗🚗'],
  ])('%s cut at %i is %s', (text, max, cut) => {
    expect(cutAtWord(text, max)).toBe(cut);
  });
});

describe('numbers', () => {
  it.each([
    [0.1 + 0.2, 0.3],
    [12.34567, 12.3457],
    [0.00005, 0],
    [0.00015, 0.0002],
    [0.00025, 0.0002],
    [-1.00005, -1],
    [1e21, 1e21],
  ])('TYP-10 (partial: rounding): %d is sent as %d', (value, sent) => {
    expect(fourDecimals(value)).toBe(sent);
  });
  it('what is no number is never sent', () => {
    expect(() => fourDecimals(Number.NaN)).toThrow(RangeError);
  });
  it.each([
    ['180.0000001', 11, '180.0000001'],
    ['-126.1049651', 11, '-126.104965'],
    ['-9.1', 11, '-9.100000'],
  ])('coordinate %s in %i characters is %s', (degrees, maxLength, sent) => {
    expect(coordinate(degrees, { sixDecimals: false, maxLength })).toBe(sent);
  });
});

describe('DateTime', () => {
  it.each([
    ['2019-01-28T12:00:00', '2019-01-28T12:00:00.000Z'],
    ['2019-01-28T12:00:00Z', '2019-01-28T12:00:00.000Z'],
    ['2019-01-28T12:00:00.250Z', '2019-01-28T12:00:00.250Z'],
    ['2019-01-28T12:00:00.5Z', '2019-01-28T12:00:00.500Z'],
    ['2019-01-28T12:00:00.123456Z', '2019-01-28T12:00:00.123Z'],
    ['2019-01-28T13:00:00+01:00', '2019-01-28T12:00:00.000Z'],
    ['2019-01-28T13:00:00 01:00', '2019-01-28T12:00:00.000Z'],
  ])('TYP-07 (partial: reading), TYP-08 (partial: reading): %s means %s', (text, instant) => {
    expect(parseDateTime(text)?.toISOString()).toBe(instant);
  });
  it.each([
    'yesterday',
    '2019-02-31T00:00:00.000Z',
    '2019-01-28T24:00:00.000Z',
    '2019-01-28T12:60:00.000Z',
    '2019-02-31T00:00:00Z',
    '2019-01-28',
    '2019-01-28 12:00:00',
    '',
  ])('%j is no DateTime', (text) => expect(parseDateTime(text)).toBeUndefined());
  it('TYP-06 (partial: writing), TYP-09 (partial: writing): precision is cut, never rounded up', () => {
    const late = new Date('2026-01-01T12:00:00.999Z');
    expect(formatDateTime(late, '2.1.1')).toBe('2026-01-01T12:00:00Z');
    expect(formatDateTime(late, '2.2.1')).toBe('2026-01-01T12:00:00.999Z');
    expect(formatDateTime(new Date('2026-01-01T12:00:00Z'), '2.3.0')).toBe('2026-01-01T12:00:00Z');
    expect(reformatDateTime('2026-01-01T13:00:00.700+01:00', '2.1.1')).toBe('2026-01-01T12:00:00Z');
  });
});
