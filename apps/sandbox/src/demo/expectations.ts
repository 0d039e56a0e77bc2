import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 60_000;

/** What must come true, and what did not. */
export class Expectations {
  readonly faults: string[] = [];
  /** What came true, to be told once more at the end. */
  readonly results: string[] = [];

  constructor(private readonly waitMs = WAIT_MS) {}

  /** Waits until it is so; false, and a fault, when it does not become so. */
  async expect(what: string, met: () => boolean): Promise<boolean> {
    const deadline = Date.now() + this.waitMs;
    while (Date.now() < deadline) {
      if (met()) return true;
      await sleep(20);
    }
    this.faults.push(`did not arrive within ${this.waitMs / 1000} s: ${what}`);
    return false;
  }

  /** What must be so already. */
  check(what: string, isSo: boolean): void {
    if (!isSo) this.faults.push(what);
  }
}
