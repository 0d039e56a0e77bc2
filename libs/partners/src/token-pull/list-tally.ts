import { type Token, tokenKey } from '#ocpi';
import { type ListPage } from './page-crawl.js';

/**
 * What a list promised and what came of it. Only a list that is surely whole says something about what it does not hold
 * (TRN-31): every object was read, and as many different ones arrived as it counts itself. Arrivals alone prove nothing,
 * for an object that moves while pages are read makes one arrive twice and another not at all (TRN-29).
 */
export class ListTally {
  /** Keys of the tokens that were read, whoever owns them. */
  readonly seen = new Set<string>();
  private arrived = 0;
  private broken = 0;
  private total: number | undefined;

  page({ items, total }: ListPage): void {
    this.arrived += items.length;
    this.total = total ?? this.total;
  }

  read(token: Token): void {
    this.seen.add(tokenKey(token));
  }

  unreadable(): void {
    this.broken += 1;
  }

  /** How many that the list counts never came: its window is not done (TRN-31). */
  get missing(): number {
    return Math.max(0, (this.total ?? 0) - this.arrived);
  }

  /** Why nothing may be concluded from what the list does not hold; undefined when it is surely whole. */
  get doubt(): string | undefined {
    if (this.missing > 0) return `${this.arrived} of ${this.total ?? 0} objects arrived`;
    if (this.broken > 0) return `${this.broken} objects could not be read`;
    if (this.total === undefined) return 'the list does not say how long it is';
    if (this.seen.size < this.total) {
      return `${this.seen.size} different objects arrived of ${this.total}`;
    }
    return undefined;
  }
}
