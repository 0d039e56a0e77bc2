/** Somebody waits for a notice that may come before the waiting begins. */
export class Wakeup {
  private isNoticed = false;
  private resolve: (() => void) | undefined;

  readonly notify = (): void => {
    this.isNoticed = true;
    this.resolve?.();
  };

  /** Resolves with the next notice, at once when one came since the last wait, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.isNoticed && ms > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.resolve = resolve;
        timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
      this.resolve = undefined;
    }
    this.isNoticed = false;
  }
}
