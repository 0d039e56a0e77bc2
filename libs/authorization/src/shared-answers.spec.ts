import { SharedAnswers } from './shared-answers.js';

const never = new AbortController().signal;

describe('SharedAnswers', () => {
  it('does the work once for all who wait, and again for who comes after', async () => {
    const shared = new SharedAnswers<number>();
    let done = 0;
    const work = () => Promise.resolve(++done);

    const together = [shared.get('card', never, work), shared.get('card', never, work)];
    expect(await Promise.all(together)).toEqual([1, 1]);
    expect(await shared.get('card', never, work)).toBe(2);
    expect(await shared.get('other', never, work)).toBe(3);
  });

  it('lets who has no time go alone, and gives the work up when the last one went', async () => {
    const shared = new SharedAnswers<number>();
    const [hasty, patient] = [new AbortController(), new AbortController()];
    let given: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      given = signal;
      return new Promise<number>(() => undefined);
    };
    const answers = [
      shared.get('card', hasty.signal, work),
      shared.get('card', patient.signal, work),
    ];

    hasty.abort();
    expect(await answers[0]).toBeUndefined();
    expect(given?.aborted).toBe(false);

    patient.abort();
    expect(await answers[1]).toBeUndefined();
    expect(given?.aborted).toBe(true);
    expect(await shared.get('card', never, () => Promise.resolve(7))).toBe(7);
  });

  it('hands a failure to all who wait, and forgets it', async () => {
    const shared = new SharedAnswers<number>();
    const fail = () => Promise.reject(new Error('no'));
    const both = [shared.get('card', never, fail), shared.get('card', never, fail)];
    const said = await Promise.allSettled(both);
    expect(said.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await shared.get('card', never, () => Promise.resolve(1))).toBe(1);
  });
});
