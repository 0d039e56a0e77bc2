import { Injectable } from '@nestjs/common';
import { ChangeLogSignal } from '#change-log';
import { isEventType } from '#csms-contract';
import { isDatabaseAway, retryOnCollision } from '#database';
import { Clock, createLogger, GatewaySettings, Metrics } from '#platform';
import { DataSource, type EntityManager } from 'typeorm';
import { applyBatch, type BatchResult, prepare, type PreparedEvent } from './apply-batch.js';
import { whyForbidden } from './check-event.js';
import { type Waiting } from './event-handler.js';
import { startEventSpans } from './event-spans.js';
import { type EventOutcome, type IncomingEvent } from './incoming-event.js';
import { lockParked, type ParkedRow, reread } from './parked-rows.js';

const RELEASE_AT_ONCE = 500;

/**
 * Takes events on, whatever binding they came by. A batch is one transaction; one that fails is halved until the bad
 * event stands alone, which is parked (D3). Throws only when the database is away: then nothing more was stored.
 */
@Injectable()
export class EventProcessor {
  private readonly log = createLogger('events');
  private readonly wakers = new Map<Waiting, () => void>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly signal: ChangeLogSignal,
    private readonly settings: GatewaySettings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Calls back after each commit that left something to them. */
  onWaiting(who: Waiting, wake: () => void): void {
    this.wakers.set(who, wake);
  }

  /** One outcome per event, in order; all of them are committed when this returns. */
  async process(batch: readonly IncomingEvent[]): Promise<EventOutcome[]> {
    const end = this.metrics.csmsBatchDurationSeconds.startTimer();
    const outcomes: EventOutcome[] = batch.map(() => ({ outcome: 'duplicate' }));
    const allowed: { index: number; event: PreparedEvent }[] = [];
    for (const [index, event] of batch.entries()) {
      const reason = event.client && whyForbidden(event.client, event);
      if (reason === undefined) allowed.push({ index, event: prepare(event) });
      else outcomes[index] = { outcome: 'refused', reason };
    }
    const released = new Set<string>();
    const results = await this.take(
      allowed.map(({ event }) => event),
      released,
    );
    allowed.forEach(({ index }, place) => {
      const result = results[place];
      if (result) outcomes[index] = result;
    });
    end();
    this.report(batch, outcomes);
    if (released.size > 0) await this.release([...released]);
    return outcomes;
  }

  /** Puts held or parked events through again; what still cannot go through stays. Returns what came of each by id. */
  async retry(ids: readonly number[]): Promise<Map<number, EventOutcome>> {
    const outcomes = new Map<number, EventOutcome>();
    const released = new Set<string>();
    for (let start = 0; start < ids.length; start += RELEASE_AT_ONCE) {
      const chunk = ids.slice(start, start + RELEASE_AT_ONCE);
      await this.retryHalving(chunk, outcomes, released);
    }
    if (released.size > 0) await this.release([...released]);
    return outcomes;
  }

  /** Lets through what waited for these parents. A crash in between leaves it to the sweep. */
  private async release(parents: readonly string[]): Promise<void> {
    const rows: { id: number }[] = await this.dataSource.query(
      `SELECT id FROM parked_event WHERE state = 'held' AND parent_key = ANY($1) ORDER BY id`,
      [parents],
    );
    if (rows.length > 0) await this.retry(rows.map(({ id }) => id));
  }

  private async take(
    events: readonly PreparedEvent[],
    released: Set<string>,
  ): Promise<EventOutcome[]> {
    const spans = startEventSpans(events);
    try {
      const outcomes = await this.halving(events, released);
      spans?.end(outcomes);
      return outcomes;
    } catch (error) {
      spans?.fail(error);
      throw error;
    }
  }

  private async halving(
    events: readonly PreparedEvent[],
    released: Set<string>,
  ): Promise<EventOutcome[]> {
    if (events.length === 0) return [];
    try {
      const result = await this.transaction((sql) => this.apply(sql, events));
      this.afterCommit(result, released);
      return result.outcomes;
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      const [only] = events;
      if (only && events.length === 1) return [await this.park(only, error)];
      const middle = Math.ceil(events.length / 2);
      const first = await this.halving(events.slice(0, middle), released);
      return [...first, ...(await this.halving(events.slice(middle), released))];
    }
  }

  private async park(event: PreparedEvent, error: unknown): Promise<EventOutcome> {
    const message = error instanceof Error ? error.message : String(error);
    const reason = `could not be processed: ${message}`;
    this.log.error({ err: error, origin: event.incoming.origin }, 'event parked');
    const failed: PreparedEvent = { ...event, check: { ok: false, reason } };
    const result = await this.transaction((sql) => this.apply(sql, [failed]));
    return result.outcomes[0] ?? { outcome: 'parked', reason };
  }

  private async retryHalving(
    ids: readonly number[],
    outcomes: Map<number, EventOutcome>,
    released: Set<string>,
  ): Promise<void> {
    try {
      const result = await this.transaction((sql) => this.applyParked(sql, ids, outcomes));
      this.afterCommit(result, released);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      const [only] = ids;
      if (only !== undefined && ids.length === 1) {
        const reason = `could not be processed: ${error instanceof Error ? error.message : String(error)}`;
        await this.dataSource.query(
          `UPDATE parked_event SET state = 'parked', expires_at = NULL, reason = $2, attempts = attempts + 1
            WHERE id = $1`,
          [only, reason],
        );
        outcomes.set(only, { outcome: 'parked', reason });
        return;
      }
      const middle = Math.ceil(ids.length / 2);
      await this.retryHalving(ids.slice(0, middle), outcomes, released);
      await this.retryHalving(ids.slice(middle), outcomes, released);
    }
  }

  private async applyParked(
    sql: EntityManager,
    ids: readonly number[],
    outcomes: Map<number, EventOutcome>,
  ): Promise<BatchResult> {
    const rows = await lockParked(sql, ids);
    const events = rows.map((row) => ({ ...prepare(reread(row)), again: true }));
    const spans = startEventSpans(events);
    const result = await this.apply(sql, events).catch((error: unknown) => {
      spans?.fail(error);
      throw error;
    });
    spans?.end(result.outcomes);
    const done: number[] = [];
    const still: { row: ParkedRow; outcome: EventOutcome }[] = [];
    rows.forEach((row, index) => {
      const outcome = result.outcomes[index];
      if (!outcome) return;
      outcomes.set(row.id, outcome);
      if (outcome.outcome === 'held' || outcome.outcome === 'parked') still.push({ row, outcome });
      else done.push(row.id);
    });
    if (done.length > 0) await sql.query('DELETE FROM parked_event WHERE id = ANY($1)', [done]);
    await keepAside(sql, still);
    return result;
  }

  private afterCommit({ hasChanges, after }: BatchResult, released: Set<string>): void {
    for (const parent of after.released) released.add(parent);
    for (const count of after.counted) count(this.metrics);
    if (hasChanges) this.signal.notify();
    for (const who of after.waiting) this.wakers.get(who)?.();
  }

  private apply(sql: EntityManager, events: readonly PreparedEvent[]): Promise<BatchResult> {
    return applyBatch(sql, events, this.clock.now(), this.settings.holdSeconds);
  }

  private transaction<T>(work: (sql: EntityManager) => Promise<T>): Promise<T> {
    return retryOnCollision(() => this.dataSource.transaction((manager) => work(manager)));
  }

  private report(batch: readonly IncomingEvent[], outcomes: readonly EventOutcome[]): void {
    const counts = new Map<string, number>();
    batch.forEach(({ parsed }, index) => {
      const type = parsed.ok && isEventType(parsed.event.type) ? parsed.event.type : 'unknown';
      const { outcome, warnings } = outcomes[index] ?? { outcome: '' };
      if (parsed.ok && warnings) {
        const { source, id, subject } = parsed.event;
        this.log.warn({ source, id, subject, warnings }, 'applied, but could be better');
      }
      const key = `${type} ${outcome}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    for (const [key, count] of counts) {
      const [type = '', outcome = ''] = key.split(' ');
      this.metrics.csmsEventsTotal.inc({ type, outcome }, count);
    }
  }
}

/** What waits goes on waiting until its time is over; what was parked stays, with the newest reason. */
async function keepAside(
  sql: EntityManager,
  still: readonly { row: ParkedRow; outcome: EventOutcome }[],
): Promise<void> {
  if (still.length === 0) return;
  await sql.query(
    `UPDATE parked_event p SET attempts = p.attempts + 1, reason = v.reason, state = v.state,
            expires_at = CASE WHEN v.state = 'held' THEN p.expires_at END
       FROM unnest($1::bigint[], $2::text[], $3::text[]) AS v(id, state, reason) WHERE p.id = v.id`,
    [
      still.map(({ row }) => row.id),
      still.map(({ row, outcome }) =>
        row.state === 'held' && outcome.outcome === 'held' ? 'held' : 'parked',
      ),
      still.map(({ row, outcome }) => outcome.reason ?? row.reason),
    ],
  );
}
