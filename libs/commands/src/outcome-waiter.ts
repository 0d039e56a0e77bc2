import { Injectable } from '@nestjs/common';
import { CommandSignal } from './command-signal.js';
import { DataSource } from 'typeorm';

interface Waiter {
  resolve(outcome: string | undefined): void;
  timer: NodeJS.Timeout;
}

/** Beside the signal, which may be lost. */
const LOOK_EVERY_MS = 250;

/**
 * Waits for the outcome of commands, which another process gives them. One statement looks for all that are waited for,
 * however many signals come.
 */
@Injectable()
export class OutcomeWaiter {
  private readonly waiting = new Map<string, Set<Waiter>>();
  private looking = false;
  private again = false;
  private poll: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly signal: CommandSignal,
  ) {}

  /** The outcome of the command; undefined when it has none within `forMs`. */
  async outcomeOf(id: string, forMs: number): Promise<string | undefined> {
    await this.signal.listen();
    return new Promise((resolve) => {
      const waiters = this.waiting.get(id) ?? new Set();
      const timer = setTimeout(() => this.answer(id, undefined, waiter), forMs);
      const waiter = { resolve, timer };
      this.waiting.set(id, waiters.add(waiter));
      this.poll ??= this.startLooking();
      this.look();
    });
  }

  private startLooking(): NodeJS.Timeout {
    const unsubscribe = this.signal.onChange(() => this.look());
    const poll = setInterval(() => {
      if (this.waiting.size > 0) {
        this.look();
        return;
      }
      clearInterval(poll);
      unsubscribe();
      this.poll = undefined;
    }, LOOK_EVERY_MS);
    return poll;
  }

  private look(): void {
    if (this.looking) {
      this.again = true;
      return;
    }
    if (this.waiting.size === 0) return;
    this.looking = true;
    void this.read().finally(() => {
      this.looking = false;
      if (!this.again) return;
      this.again = false;
      this.look();
    });
  }

  private async read(): Promise<void> {
    // A database that is away answers later, or the waiters' time runs out.
    const rows = await this.dataSource
      .query<{ id: string; outcome: string }[]>(
        'SELECT id, outcome FROM command WHERE id = ANY($1) AND outcome IS NOT NULL',
        [[...this.waiting.keys()]],
      )
      .catch(() => []);
    for (const { id, outcome } of rows) {
      for (const waiter of this.waiting.get(id) ?? []) this.answer(id, outcome, waiter);
    }
  }

  private answer(id: string, outcome: string | undefined, waiter: Waiter): void {
    clearTimeout(waiter.timer);
    const waiters = this.waiting.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiting.delete(id);
    waiter.resolve(outcome);
  }
}
