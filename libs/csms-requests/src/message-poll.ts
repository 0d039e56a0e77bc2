import { CSMS_MESSAGES, type Cursor, endOf, isBehind, type TailReader } from '#change-log';
import { type CsmsMessageEntity, namedQuery } from '#database';
import { type DataSource } from 'typeorm';
import { printPageCursor, readPageCursor } from './page-cursor.js';
import { acknowledge, acknowledgedCursor, ensureSubscriber } from './subscribers.js';
import { Wakeup } from './wakeup.js';

export interface PollRequest {
  /** The client's name, which is its subscriber's. */
  client: string;
  /** Party keys it may hear of. */
  parties: readonly string[];
  /** `next` of the answer that was taken; that batch is acknowledged with it. */
  after?: string;
  /** From everything that is still kept, whatever was acknowledged. */
  fromStart?: boolean;
  waitMs: number;
  limit: number;
}

export interface PolledMessages {
  rows: CsmsMessageEntity[];
  /** To be given as `after`. */
  next: string;
}

/** Of the data in one answer; a message that is longer comes alone. */
const MOST_CHARACTERS = 1_000_000;

const PAGE = `SELECT ${CSMS_MESSAGES.select}, found FROM (
    SELECT *, count(*) OVER () AS found,
           sum(length(data)) OVER (ORDER BY xid, seq ROWS UNBOUNDED PRECEDING) - length(data) AS before
      FROM (SELECT * FROM csms_message
             WHERE (xid, seq) > ($1, $2) AND xid < $3 AND (party_key IS NULL OR party_key = ANY ($4))
             ORDER BY xid, seq LIMIT $5) AS page) AS measured
   WHERE before < $6 ORDER BY xid, seq`;

/** `after` is nothing that this gateway gave out. */
export class UnknownPageCursorError extends Error {
  override readonly name = 'UnknownPageCursorError';
}

/** Messages for CSMSs that ask: an answer counts as taken when its `next` comes back, so a lost one is repeated. */
export class MessagePoll {
  constructor(
    private readonly database: DataSource,
    private readonly tail: TailReader<CsmsMessageEntity>,
  ) {}

  /**
   * The next messages, as soon as there are any; undefined when none came within `waitMs` or until `signal` aborted.
   * @throws UnknownPageCursorError
   */
  async poll(request: PollRequest, signal: AbortSignal): Promise<PolledMessages | undefined> {
    const deadline = performance.now() + request.waitMs;
    const start = await this.startOf(request);
    const wakeup = new Wakeup();
    const stopListening = this.tail.onAdvance(wakeup.notify);
    signal.addEventListener('abort', wakeup.notify);
    try {
      for (;;) {
        const found = await this.read(request, start);
        const leftMs = deadline - performance.now();
        if (found || leftMs <= 0 || signal.aborted) return found;
        await wakeup.wait(leftMs);
      }
    } finally {
      stopListening();
      signal.removeEventListener('abort', wakeup.notify);
    }
  }

  private async startOf({ client, after, fromStart }: PollRequest): Promise<Cursor> {
    await ensureSubscriber(this.database, client, fromStart === true ? 'start' : 'tail');
    if (after !== undefined) {
      const cursor = readPageCursor(after);
      if (!cursor || !(await this.isPast(cursor))) throw new UnknownPageCursorError();
      await acknowledge(this.database, client, cursor);
      return cursor;
    }
    if (fromStart === true) return { xid: 0, seq: 0 };
    return (await acknowledgedCursor(this.database, client)) ?? endOf(this.tail.horizon - 1);
  }

  /** Another process may have looked at the log later than we did; nobody has seen beyond the horizon. */
  private async isPast(cursor: Cursor): Promise<boolean> {
    if (cursor.xid >= this.tail.horizon) await this.tail.refresh();
    return cursor.xid < this.tail.horizon;
  }

  private async read(
    { client, parties, limit }: PollRequest,
    start: Cursor,
  ): Promise<PolledMessages | undefined> {
    const { horizon } = this.tail;
    const rows = await namedQuery<CsmsMessageEntity & { found: number }>(
      this.database,
      'poll-messages',
      PAGE,
      [start.xid, start.seq, horizon, parties, limit, MOST_CHARACTERS],
    );
    const last = rows.at(-1);
    if (last) {
      const isAll = rows.length === last.found && last.found < limit;
      const end = isAll ? endOf(horizon - 1) : { xid: last.xid, seq: last.seq };
      return { rows: rows.sort((a, b) => a.seq - b.seq), next: printPageCursor(end) };
    }
    // Nothing for this client up to here: what others get must not be kept for it.
    const end = endOf(horizon - 1);
    const acknowledged = await acknowledgedCursor(this.database, client);
    const isLevel = acknowledged !== undefined && !isBehind(start, acknowledged);
    if (isLevel && isBehind(acknowledged, end)) await acknowledge(this.database, client, end);
    return undefined;
  }
}
