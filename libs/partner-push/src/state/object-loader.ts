import { SeenTransactions } from '#change-log';
import { type LocationRow, readLocations } from '#database';
import { LRUCache } from 'lru-cache';
import { type DataSource } from 'typeorm';
import {
  type CdrRow,
  readCdrs,
  readSessions,
  readTariffs,
  type SessionRow,
  type TariffRow,
} from './object-rows.js';

/** A state as it was read, with what was made from it. */
export interface ReadState<Row> {
  /** Undefined when there is no such object. */
  row: Row | undefined;
  /** Things made from the row, by name; see `rendered`. */
  made: Map<string, unknown>;
}

/** Shared by all feeds of the process, so a view of it is printed once (P6). */
export interface Loaded<Row> extends ReadState<Row> {
  /** It holds what these transactions did, and nothing else. */
  seen: SeenTransactions;
}

/** How fresh a state has to be. */
export interface Freshness {
  /** It must contain the change of this transaction. */
  xid: number;
  /** It must have been read after this (performance.now): when the feed's lease was acquired, or the last try failed. */
  readAfterMs: number;
}

interface Entry<Row> {
  startedAtMs: number;
  /** Changes of transactions below this are contained. */
  horizon: number;
  loaded: Promise<Loaded<Row>>;
}

interface Rows {
  location: LocationRow;
  tariff: TariffRow;
  session: SessionRow;
  cdr: CdrRow;
}

export type LoadableKind = keyof Rows;

const READERS: {
  [K in LoadableKind]: (source: DataSource, ids: number[]) => Promise<Map<number, Rows[K]>>;
} = { location: readLocations, tariff: readTariffs, session: readSessions, cdr: readCdrs };

/**
 * Reads the current state of objects, once for all feeds that ask at about the same time. An entry serves a feed only
 * if it was read after the change in question became visible and after the feed's lease began, so that what a feed
 * sends never goes back behind what its former holder sent (P2, P3).
 */
export class ObjectLoader {
  private readonly entries = new LRUCache<string, Entry<unknown>>({ max: 2000 });
  private readonly waiting = new Map<LoadableKind, Map<number, Deliver>>();

  constructor(
    private readonly source: DataSource,
    private readonly horizon: () => number,
  ) {}

  /** The state of an object, at least that fresh. */
  get<K extends LoadableKind>(kind: K, id: number, need: Freshness): Promise<Loaded<Rows[K]>> {
    const key = `${kind}:${id}`;
    const entry = this.entries.get(key) as Entry<Rows[K]> | undefined;
    if (entry && entry.horizon > need.xid && entry.startedAtMs >= need.readAfterMs) {
      return entry.loaded;
    }
    const horizon = this.horizon();
    const loaded = this.enqueue(kind, id);
    const fresh: Entry<Rows[K]> = { startedAtMs: performance.now(), horizon, loaded };
    this.entries.set(key, fresh);
    loaded.then(
      ({ seen }) => (fresh.horizon = Math.max(horizon, seen.horizon)),
      () => {
        if (this.entries.peek(key) === fresh) this.entries.delete(key);
      },
    );
    return loaded;
  }

  /** Everything asked for in one turn of the event loop is one query, sent at the turn's end: the next may be long in coming. */
  private enqueue<K extends LoadableKind>(kind: K, id: number): Promise<Loaded<Rows[K]>> {
    let batch = this.waiting.get(kind);
    if (!batch) {
      batch = new Map<number, Deliver>();
      this.waiting.set(kind, batch);
      setImmediate(() => this.read(kind));
    }
    const before = batch.get(id);
    return new Promise((resolve, reject) => {
      batch.set(id, (loaded) => {
        before?.(loaded);
        (loaded as Promise<Loaded<Rows[K]>>).then(resolve, reject);
      });
    });
  }

  private read(kind: LoadableKind): void {
    const batch = this.waiting.get(kind);
    this.waiting.delete(kind);
    if (!batch) return;
    const read = READERS[kind] as (
      s: DataSource,
      ids: number[],
    ) => Promise<ReadonlyMap<number, { snapshot: string }>>;
    const reading = read(this.source, [...batch.keys()]).then((rows) => {
      const [first] = rows.values(); // all are of one statement
      return { rows, seen: first ? SeenTransactions.parse(first.snapshot) : SeenTransactions.none };
    });
    for (const [id, deliver] of batch) {
      deliver(reading.then(({ rows, seen }) => ({ row: rows.get(id), seen, made: new Map() })));
    }
  }
}

type Deliver = (loaded: Promise<Loaded<unknown>>) => void;

/** What was made from a state under this name, made now if it was not yet. */
export function rendered<T>(loaded: ReadState<unknown>, name: string, make: () => T): T {
  if (!loaded.made.has(name)) loaded.made.set(name, make());
  return loaded.made.get(name) as T;
}
