import { Injectable } from '@nestjs/common';
import { isDatabaseAway } from '#database';
import { type Token, tokenKey } from '#ocpi';
import { traceparentOf } from '#platform';
import { DataSource } from 'typeorm';
import { findOutdated } from './find-outdated.js';
import { type TokenStatement, writeTokens } from './write-tokens.js';

export type StoreOutcome = 'created' | 'updated' | 'unchanged' | 'older';

interface Waiting extends TokenStatement {
  key: string;
  resolve: (outcome: StoreOutcome) => void;
  reject: (error: unknown) => void;
}

/** A write that takes longer waits for a row that somebody holds; others then go beside it. */
const SLOW_AFTER_MS = 50;
const WRITES_AT_ONCE = 4;
const TOKENS_PER_WRITE = 200;

/**
 * Stores Tokens that come one by one. What comes while a write is on its way goes with the next, in one statement and one
 * commit, since a commit each is what limits the rate. Whoever stores a token is answered after the commit that holds it.
 * Updates of one token are written one after another, in the order they came. A write that fails is halved until the
 * token at fault stands alone, so that nobody fails for another's (P16).
 */
@Injectable()
export class TokenWriter {
  private waiting: Waiting[] = [];
  /** Tokens in a write that is on its way. */
  private readonly busy = new Set<string>();
  private writes = 0;
  /** Those of them that are not slow yet: one at most, for two would share the tokens that one takes. */
  private promptWrites = 0;
  private isDue = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Stores a whole Token and tells the CSMS. A repeat changes nothing, nor does an older one. */
  store(connectionId: string, token: Token): Promise<StoreOutcome> {
    return new Promise((resolve, reject) => {
      const traceparent = traceparentOf();
      this.waiting.push({
        connectionId,
        token,
        traceparent,
        key: tokenKey(token),
        resolve,
        reject,
      });
      this.writeSoon();
    });
  }

  /** Requests that arrived together are read one after another within one turn of the event loop. */
  private writeSoon(): void {
    if (this.isDue || this.promptWrites > 0 || this.writes === WRITES_AT_ONCE) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      const batch = this.takeBatch();
      if (batch.length > 0) void this.run(batch);
    });
  }

  /** The longest waiting ones, but none that is being written: a token is at most once in a write and in one write. */
  private takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    for (const each of this.waiting) {
      if (batch.length === TOKENS_PER_WRITE || this.busy.has(each.key)) {
        left.push(each);
      } else {
        this.busy.add(each.key);
        batch.push(each);
      }
    }
    this.waiting = left;
    return batch;
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    this.writes += 1;
    const noLongerPrompt = this.startPromptWrite();
    await this.write(batch);
    this.writes -= 1;
    for (const { key } of batch) this.busy.delete(key);
    noLongerPrompt();
  }

  /** Returns what is to be called when the write has ended; if that takes too long, the next one begins without it. */
  private startPromptWrite(): () => void {
    let isPrompt = true;
    this.promptWrites += 1;
    const end = (): void => {
      clearTimeout(timer);
      if (isPrompt) this.promptWrites -= 1;
      isPrompt = false;
      if (this.waiting.length > 0) this.writeSoon();
    };
    const timer = setTimeout(end, SLOW_AFTER_MS);
    return end;
  }

  /** Never rejects. */
  private async write(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.outcomesOf(batch);
      for (const [place, { resolve }] of batch.entries()) resolve(outcomes[place] ?? 'unchanged');
    } catch (error) {
      if (batch.length === 1 || isDatabaseAway(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.write(batch.slice(0, middle));
      await this.write(batch.slice(middle));
    }
  }

  private async outcomesOf(batch: readonly Waiting[]): Promise<StoreOutcome[]> {
    const written = await writeTokens(this.dataSource, batch);
    const kept = batch.filter((_, place) => written[place] === 'kept').map(({ token }) => token);
    const outdated = kept.length > 0 ? await findOutdated(this.dataSource, kept) : new Set<Token>();
    return batch.map(({ token }, place) => {
      const outcome = written[place] ?? 'kept';
      if (outcome !== 'kept') return outcome;
      return outdated.has(token) ? 'older' : 'unchanged';
    });
  }
}
