import { type NewChange, type SqlRunner } from '#change-log';
import { type Checker, type Decoded, type FieldError, refused } from '#ocpi';
import { type Metrics } from '#platform';
import { type TariffUse } from '../tariffs/tariff-lock.js';
import { type CheckedEvent, type Verdict } from './incoming-event.js';

/** Whom a batch may have given work to, beside the feeds. */
export type Waiting = 'commands' | 'authorizations';

/** The transaction that a batch of events shares. */
export interface EventTransaction {
  sql: SqlRunner;
  now: Date;
  /** Goes into the change log, in this order, before the commit. */
  changes: NewChange[];
  /** Parents that exist from now on: what was held for them goes through after the commit. */
  released: Set<string>;
  /** They are woken after the commit. */
  waiting: Set<Waiting>;
  /** What is counted once the batch is committed, and not again with each try. */
  counted: ((metrics: Metrics) => void)[];
}

/** A transaction in which nothing has happened yet. */
export const eventTransaction = (sql: SqlRunner, now: Date): EventTransaction => ({
  sql,
  now,
  changes: [],
  released: new Set(),
  waiting: new Set(),
  counted: [],
});

/** What is done about one type of event. */
export interface EventHandler {
  /** What it does with its party's tariffs; it is kept apart from who does the other. */
  readonly tariffs?: TariffUse;
  /** What it does is the same wherever it stands in a batch, for itself and for all others: it is done first, together. */
  readonly goesFirst?: boolean;
  check(data: unknown): Decoded<unknown>;
  /** What the CSMS should know about data that passed and is sent on all the same. */
  advise(data: unknown): FieldError[];
  /** Applies events in order; one verdict each. What it throws fails the batch, which is then halved. */
  handle(tx: EventTransaction, events: readonly CheckedEvent[]): Promise<Verdict[]>;
}

interface HandlerParts<T> {
  tariffs?: TariffUse;
  goesFirst?: boolean;
  checker: Checker<T>;
  rules?: (data: T) => FieldError[];
  advice?: (data: T) => FieldError[];
  handle: (tx: EventTransaction, events: readonly CheckedEvent<T>[]) => Promise<Verdict[]>;
}

/** A handler from its schema, the rules beyond it, and its work. */
export function eventHandler<T>({
  tariffs,
  goesFirst,
  checker,
  rules,
  advice,
  handle,
}: HandlerParts<T>): EventHandler {
  return {
    ...(tariffs && { tariffs }),
    ...(goesFirst && { goesFirst }),
    check(data) {
      const decoded = checker.decode(data);
      if (!decoded.ok || !rules) return decoded;
      const errors = rules(decoded.value);
      return errors.length > 0 ? refused(...errors) : decoded;
    },
    advise: (data) => advice?.(data as T) ?? [],
    handle: (tx, events) => handle(tx, events as readonly CheckedEvent<T>[]),
  };
}
