import { SeenTransactions } from './seen-transactions.js';

describe('the transactions that a snapshot sees', () => {
  it('are all that had ended, and none that ran or had not begun', () => {
    const seen = SeenTransactions.parse('10:20:10,14,15');
    const visible = Array.from({ length: 25 }, (_, xid) => xid).filter((xid) => seen.has(xid));
    expect(visible).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 17, 18, 19]);
    expect(seen.horizon).toBe(10);
  });

  it('are all below its end when nothing ran', () => {
    const seen = SeenTransactions.parse('4294967300:4294967300:');
    expect([seen.has(4294967299), seen.has(4294967300)]).toEqual([true, false]);
  });
});
