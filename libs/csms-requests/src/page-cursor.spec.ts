import { printPageCursor, readPageCursor } from './page-cursor.js';

describe('the place that a long poll carries', () => {
  it.each([
    { xid: 0, seq: 0 },
    { xid: 123_456_789_012, seq: 42 },
    { xid: 7, seq: Number.MAX_SAFE_INTEGER },
  ])('carries the place %j', (cursor) => {
    expect(readPageCursor(printPageCursor(cursor))).toEqual(cursor);
  });

  it.each(['', 'x', 'MQ', '-', Buffer.from('1.').toString('base64url'), 'A'.repeat(1000)])(
    'is not %j',
    (text) => {
      expect(readPageCursor(text)).toBeUndefined();
    },
  );
});
