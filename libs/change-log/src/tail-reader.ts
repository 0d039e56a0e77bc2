import { type DataSource } from 'typeorm';
import { type ChannelSignal } from './channel-signal.js';
import { type Cursor, compareCursors, endOf, isBehind } from './cursor.js';
import { type Horizon, readHorizon } from './horizon.js';
import { type LogTable, readLog } from './log-table.js';

export interface Page<Row> {
  rows: Row[];
  /** Where the reader stands after these rows; behind everything below the horizon when `drained`. */
  end: Cursor;
  drained: boolean;
}

export interface TailReaderOptions {
  /** Rows kept in memory; who is further behind reads the table for itself. */
  windowRows?: number;
  /** How often to look without being told. */
  pollMs?: number;
  /** Rows are read only while somebody listens; whoever comes later reads the table until the window has caught up. */
  whileHeard?: boolean;
  onError?: (error: unknown) => void;
}

const READ_AT_MOST_EVERY_MS = 4;
const LOOK_WHILE_HELD_MS = 10;
const CHUNK = 5000;

/**
 * Reads the end of a log once for everybody in this process (D2). Rows are handed out strictly in order, only below
 * the horizon, and none is ever skipped.
 */
export class TailReader<Row extends Cursor> {
  private window: Row[] = [];
  /** The window holds every row behind this and below the horizon. */
  private start: Cursor | undefined;
  private known: Horizon | undefined;
  private heldSince: number | undefined;
  private readonly advanced = new Set<() => void>();
  private refreshing: Promise<void> | undefined;
  private wanted = false;
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;
  private stopped = false;

  constructor(
    private readonly source: DataSource,
    private readonly table: LogTable<Row>,
    private readonly options: TailReaderOptions = {},
  ) {}

  /** Rows of transactions below this have been taken in; a statement that starts now sees them all. */
  get horizon(): number {
    return this.known?.xid ?? 0;
  }

  /** How long one writer has held the horizon back, in milliseconds; 0 when none does. */
  get horizonAgeMs(): number {
    return this.heldSince === undefined ? 0 : performance.now() - this.heldSince;
  }

  /** The newest row taken in, if the window still holds it. */
  get newest(): Row | undefined {
    return this.window.at(-1);
  }

  /**
   * Begins to follow the log, by looking every now and then, and at once when the signal says so.
   * @throws what the database says when it cannot be read the first time.
   */
  async run(signal?: ChannelSignal): Promise<void> {
    await this.refresh();
    this.stopListening = signal?.onChange(() => this.wake());
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.stopListening?.();
    this.advanced.clear();
  }

  /** Calls back after every look at the log that brought rows. */
  onAdvance(callback: () => void): () => void {
    this.advanced.add(callback);
    return () => this.advanced.delete(callback);
  }

  /** What lies behind `after`, at most `limit` rows. */
  async read(after: Cursor, limit: number): Promise<Page<Row>> {
    const { horizon } = this;
    if (this.start === undefined) return { rows: [], end: after, drained: true };
    const rows = isBehind(after, this.start)
      ? await readLog(this.source, this.table, after, horizon, limit)
      : this.fromWindow(after, limit);
    const drained = rows.length < limit;
    const last = rows.at(-1);
    const furthest = last ? { xid: last.xid, seq: last.seq } : after;
    const end = drained && isBehind(furthest, endOf(horizon - 1)) ? endOf(horizon - 1) : furthest;
    return { rows, end, drained };
  }

  /** How many rows lie behind `after`, as far as the window knows. */
  countBehind(after: Cursor): number {
    return this.window.length - this.indexBehind(after);
  }

  /** The oldest row behind `after`, as far as the window knows. */
  oldestBehind(after: Cursor): Row | undefined {
    return this.window[this.indexBehind(after)];
  }

  /** Looks now. Concurrent calls share one look that starts after the last of them. */
  async refresh(): Promise<void> {
    while (this.refreshing) await this.refreshing;
    this.refreshing = this.look().finally(() => (this.refreshing = undefined));
    await this.refreshing;
  }

  private async look(): Promise<void> {
    const horizon = await readHorizon(this.source);
    const before = this.known?.xid;
    if (before === undefined) this.start = endOf(horizon.xid - 1);
    let from = endOf((before ?? horizon.xid) - 1);
    let isMore = before !== undefined && horizon.xid > before;
    let isAdvanced = before === undefined;
    if (isMore && this.options.whileHeard === true && this.advanced.size === 0) {
      this.window = [];
      this.start = endOf(horizon.xid - 1);
      isMore = false;
      isAdvanced = true; // for who begins to listen meanwhile
    }
    while (isMore) {
      const rows = await readLog(this.source, this.table, from, horizon.xid, CHUNK);
      for (const row of rows) this.window.push(row);
      isAdvanced ||= rows.length > 0;
      isMore = rows.length === CHUNK;
      from = rows.at(-1) ?? from;
    }
    this.heldSince = this.stillHeld(horizon) ? this.heldSince : heldFrom(horizon);
    this.known = { ...horizon, xid: Math.max(horizon.xid, before ?? 0) };
    this.trim();
    if (isAdvanced) for (const callback of this.advanced) callback();
  }

  private stillHeld({ heldBy }: Horizon): boolean {
    return heldBy !== undefined && heldBy === this.known?.heldBy;
  }

  private trim(): void {
    const surplus = this.window.length - (this.options.windowRows ?? 20_000);
    if (surplus <= 0) return;
    this.start = this.window[surplus - 1];
    this.window = this.window.slice(surplus);
  }

  private fromWindow(after: Cursor, limit: number): Row[] {
    const index = this.indexBehind(after);
    return this.window.slice(index, index + limit);
  }

  private indexBehind(after: Cursor): number {
    let low = 0;
    let high = this.window.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.window[middle];
      if (row && compareCursors(row, after) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private wake(): void {
    if (this.refreshing || this.wanted) {
      this.wanted = true;
      return;
    }
    this.wanted = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.tick(), 0);
  }

  private schedule(): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    const { pollMs = 250 } = this.options;
    // Who holds the horizon back may have had nothing to tell, and then nobody says that it has ended.
    const isHeld = this.heldSince !== undefined && this.horizonAgeMs < 1000;
    const usual = isHeld ? Math.min(pollMs, LOOK_WHILE_HELD_MS) : pollMs;
    const delay = this.wanted ? READ_AT_MOST_EVERY_MS : usual;
    this.timer = setTimeout(() => void this.tick(), delay);
  }

  private async tick(): Promise<void> {
    this.wanted = false;
    try {
      await this.refresh();
    } catch (error) {
      this.options.onError?.(error);
    }
    this.schedule();
  }
}

const heldFrom = ({ heldBy }: Horizon): number | undefined =>
  heldBy === undefined ? undefined : performance.now();
