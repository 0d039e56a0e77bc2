import { SpareLookUps } from './spare-look-ups.js';

describe('look-ups that are made all the same', () => {
  it('are so many in a second, and none are saved up', () => {
    let now = 5000;
    const spare = new SpareLookUps(2, () => now);
    const take = () => [spare.take(), spare.take(), spare.take()];
    expect(take()).toEqual([true, true, false]);
    now += 999;
    expect(spare.take()).toBe(false);
    now += 1;
    expect(take()).toEqual([true, true, false]);
    now += 60_000;
    expect(take()).toEqual([true, true, false]);
  });
});
