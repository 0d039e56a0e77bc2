/** Work that those who ask for the same at the same time share; it is given up when nobody waits for it any more. */
export class SharedAnswers<T> {
  private readonly running = new Map<
    string,
    { answer: Promise<T>; waiting: number; giveUp: AbortController }
  >();

  /** The answer of the work under this key, begun if none is running; undefined when `signal` aborts first. */
  async get(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    const shared = this.running.get(key) ?? this.begin(key, work);
    shared.waiting += 1;
    const left = Promise.withResolvers<undefined>();
    const leave = () => left.resolve(undefined);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    try {
      return await Promise.race([shared.answer, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      shared.waiting -= 1;
      if (shared.waiting === 0) {
        shared.giveUp.abort();
        // Who comes now must not wait for what was given up.
        if (this.running.get(key) === shared) this.running.delete(key);
      }
    }
  }

  private begin(key: string, work: (signal: AbortSignal) => Promise<T>) {
    const giveUp = new AbortController();
    const shared = { answer: work(giveUp.signal), waiting: 0, giveUp };
    this.running.set(key, shared);
    const forget = () => {
      if (this.running.get(key) === shared) this.running.delete(key);
    };
    shared.answer.then(forget, forget);
    return shared;
  }
}
