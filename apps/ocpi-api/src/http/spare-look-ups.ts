const WINDOW_MS = 1000;

/** So many in any second that begins with the first of them; what was not used is not saved up. */
export class SpareLookUps {
  private began = -Infinity;
  private taken = 0;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** False when this second's are gone. */
  take(): boolean {
    const now = this.now();
    if (now - this.began >= WINDOW_MS) {
      this.began = now;
      this.taken = 0;
    }
    this.taken += 1;
    return this.taken <= this.perSecond;
  }
}
