import { RequestRate } from './request-rate.js';

describe('how often a key may ask', () => {
  let now = 1_000_000;
  const advance = (ms: number) => (now += ms);
  const newRate = () => new RequestRate(() => now);
  const taken = (rate: RequestRate, count: number, perMinute: number, key = 'k') =>
    Array.from({ length: count }, () => rate.take(key, perMinute)).filter((wait) => wait === 0)
      .length;

  it('lets as many pass at once as in a minute, then evenly', () => {
    const rate = newRate();
    expect(taken(rate, 100, 60)).toBe(60);
    expect(rate.take('k', 60)).toBe(1);
    advance(1000);
    expect(taken(rate, 5, 60)).toBe(1);
    advance(10_000);
    expect(taken(rate, 50, 60)).toBe(10);
    advance(3_600_000);
    expect(taken(rate, 100, 60)).toBe(60);
  });

  it('says how long to wait, and who waits that long passes', () => {
    const rate = newRate();
    expect(taken(rate, 3, 2)).toBe(2);
    const seconds = rate.take('k', 2);
    expect(seconds).toBe(30);
    advance(seconds * 1000 - 1);
    expect(rate.take('k', 2)).toBe(1);
    advance(1);
    expect(rate.take('k', 2)).toBe(0);
  });

  it('keys do not share, asking does not count, and 0 is no limit', () => {
    const rate = newRate();
    expect(taken(rate, 2, 1, 'a')).toBe(1);
    expect(taken(rate, 2, 1, 'b')).toBe(1);
    expect([rate.wait('c', 1), rate.wait('c', 1), rate.take('c', 1), rate.wait('c', 1)]).toEqual([
      0, 0, 0, 60,
    ]);
    expect(taken(rate, 1000, 0, 'd')).toBe(1000);
  });
});
