import { retryOnCollision } from './retry-on-collision.js';

const collision = Object.assign(new Error('deadlock detected'), { code: '40P01' });

/** Fails with these, one after the other, then works. */
function failing(...errors: Error[]) {
  let calls = 0;
  const work = async (): Promise<string> => {
    const error = errors[calls++];
    if (error) throw error;
    return 'done';
  };
  return { work, calls: () => calls };
}

describe('retryOnCollision', () => {
  it('does it again until it works', async () => {
    const { work, calls } = failing(collision, collision, collision);
    await expect(retryOnCollision(work)).resolves.toBe('done');
    expect(calls()).toBe(4);
  });

  it('gives up in the end, and at once where the same again would not work', async () => {
    const hopeless = failing(...Array.from({ length: 9 }, () => collision));
    await expect(retryOnCollision(hopeless.work)).rejects.toBe(collision);
    expect(hopeless.calls()).toBe(4);
    const error = Object.assign(new Error('no such table'), { code: '42P01' });
    const wrong = failing(error);
    await expect(retryOnCollision(wrong.work)).rejects.toBe(error);
    expect(wrong.calls()).toBe(1);
  });
});
