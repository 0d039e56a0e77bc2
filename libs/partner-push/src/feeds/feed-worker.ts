import { type Cursor, isBehind, type Lease, type Page, type TailReader } from '#change-log';
import { type ChangeEntity } from '#database';
import { UnreadableSecretError } from '#partners';
import { createLogger } from '#platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveConnection } from '../push-scope.js';
import { FeedBreaker } from './feed-breaker.js';
import { type DeliveryParts, FeedDelivery } from './feed-delivery.js';
import { LeaseTerm, type Permission } from './lease-term.js';
import { concerns, planTasks, pushedKinds } from './plan-tasks.js';
import { asChange, snapshotPage, type WalkPlace } from './snapshot-page.js';
import { ToldAhead } from './told-ahead.js';

export interface WorkerParts extends DeliveryParts, Permission {
  tail: TailReader<ChangeEntity>;
}

/** Enough for changes of one object to meet; each feed holds as many in memory. */
const BATCH = 200;
/** How long a feed that is given away reads on for what it told ahead of its cursor. */
const REST_MS = 5000;
const LOOK_AGAIN_MS = 10;

export type FeedState = 'live' | 'walking' | 'waiting' | 'stopped';

/**
 * Works one feed while this process holds its lease: reads on from the cursor, folds, sends the current state, moves
 * the cursor. A failure holds the feed back, never an other one. The cursor is kept here and stored by the runner.
 */
export class FeedWorker {
  readonly key: string;
  readonly generation: number;
  state: FeedState = 'live';
  private position: Cursor;
  private walk: WalkPlace | null;
  /** Changes below are left to the partner's own pull, CDRs apart (TRN-66). */
  private skipBelow = 0;
  private readonly term: LeaseTerm;
  private readonly breaker: FeedBreaker;
  private readonly toldAhead = new ToldAhead();
  private readonly delivery: FeedDelivery;
  private readonly log = createLogger('feed');
  private readonly done: Promise<void>;

  constructor(
    private readonly parts: WorkerParts,
    lease: Lease & { snapshot: WalkPlace | null },
  ) {
    this.key = lease.key;
    this.generation = lease.generation;
    this.position = lease.cursor;
    this.walk = lease.snapshot;
    this.term = new LeaseTerm(parts);
    this.breaker = new FeedBreaker(parts.store, lease);
    const { key, term, breaker, toldAhead } = this;
    this.delivery = new FeedDelivery(parts, { key, term, breaker, toldAhead });
    this.done = this.work();
  }

  /** Everything up to here is told, parked or of no concern. */
  get cursor(): Cursor {
    return this.position;
  }

  /** There may be something to do: new changes, or a changed connection. */
  wake(): void {
    this.term.wake();
  }

  /** The batch at work is brought to its end, and what was told ahead of it, so that nothing of it is repeated (P11). */
  stop(): Promise<void> {
    this.term.stop();
    return this.done;
  }

  /** No further request leaves; resolves when those in flight have their answers. */
  abort(): Promise<void> {
    this.term.abort();
    return this.done;
  }

  private async work(): Promise<void> {
    const { term } = this;
    while (!term.isEnding()) {
      try {
        if (!(await this.turnOrBackOff())) await term.pause(1000);
      } catch (error) {
        if (!term.isEnding()) this.log.error({ err: error, connection: this.key }, 'feed failed');
        await term.pause(1000);
      }
    }
    await this.readOnToRest().catch((error: unknown) => {
      this.log.warn({ err: error, connection: this.key }, 'feed did not come to rest');
    });
    this.state = 'stopped';
  }

  /**
   * What was told in a newer state than the cursor has reached would be told again by whoever reads on from there: so we
   * read on until there is none, for a while (P11).
   */
  private async readOnToRest(): Promise<void> {
    const deadlineMs = performance.now() + REST_MS;
    const isRestless = () =>
      !this.walk &&
      !this.breaker.isTripped &&
      this.term.isActive() &&
      performance.now() < deadlineMs;
    while (isRestless()) {
      const last = await this.lastToldAhead(isRestless);
      if (!last) return;
      while (isRestless() && isBehind(this.position, last)) if (!(await this.turn())) return;
    }
  }

  /** The last row behind the cursor that the partner knows already; waits until all such rows can be read. */
  private async lastToldAhead(isRestless: () => boolean): Promise<Cursor | undefined> {
    if (this.toldAhead.end === 0) return undefined;
    const { tail } = this.parts;
    await tail.refresh();
    while (this.toldAhead.end > tail.horizon && isRestless()) {
      await sleep(LOOK_AGAIN_MS);
      await tail.refresh();
    }
    let last: Cursor | undefined;
    let page: Page<ChangeEntity> | undefined;
    do {
      page = await tail.read(page?.end ?? this.position, BATCH);
      last = page.rows.findLast((row) => this.toldAhead.holds(row)) ?? last;
    } while (!page.drained && isRestless());
    return last;
  }

  /** Without our token nothing can be sent: the feed waits as for a partner that is away, for time may bring the key back. */
  private async turnOrBackOff(): Promise<boolean> {
    try {
      return await this.turn();
    } catch (error) {
      const connection = this.parts.connection();
      if (!(error instanceof UnreadableSecretError) || !connection) throw error;
      this.breaker.noteFailure();
      await this.breaker.backOff(connection.profile, error.message);
      return true;
    }
  }

  /** One batch or page; false: there is nothing to do for now. */
  private async turn(): Promise<boolean> {
    if (!this.term.isActive()) return false;
    const connection = this.parts.connection();
    if (!connection) return false;
    const { waitMs, isTripped } = this.breaker;
    if (waitMs > 0) {
      this.state = 'waiting';
      await this.term.pause(waitMs, true);
      return true;
    }
    if (isTripped) {
      // What is sent now shall tell everything up to now, so that the backlog behind it needs no request of its own.
      await this.parts.tail.refresh();
      if (!(await this.returnFromOutage(connection))) return true;
    }
    this.state = this.walk ? 'walking' : 'live';
    return this.walk ? this.walkOn(connection, this.walk) : this.readOn(connection);
  }

  /** A partner that wants to fetch after an outage is asked whether it is back, not pushed at (TRN-66). */
  private async returnFromOutage(connection: LiveConnection): Promise<boolean> {
    if (connection.profile.catchUp !== 'wait_for_pull') return true;
    if (!(await this.delivery.probe(connection))) return false;
    this.skipBelow = this.parts.tail.horizon;
    await this.delivery.answered();
    return true;
  }

  private async readOn(connection: LiveConnection): Promise<boolean> {
    const page = await this.parts.tail.read(this.position, BATCH);
    const kinds = pushedKinds(connection);
    const rows = page.rows.filter(
      (row) =>
        concerns(connection, kinds, row) &&
        (row.kind === 'cdr' || row.xid >= this.skipBelow) &&
        !this.toldAhead.holds(row),
    );
    if (rows.length > 0 && !(await this.delivery.bring(connection, planTasks(rows)))) return true;
    this.position = page.end;
    if (page.drained) this.toldAhead.forgetUpTo(this.position.xid);
    return page.rows.length > 0;
  }

  private async walkOn(connection: LiveConnection, place: WalkPlace): Promise<boolean> {
    const page = await snapshotPage(this.parts.source, connection, place, pushedKinds(connection));
    const rows = page.objects.map((object) => asChange(object, place));
    if (rows.length > 0 && !(await this.delivery.bring(connection, planTasks(rows)))) return true;
    await this.parts.store.saveWalk(this.key, this.generation, page.next);
    this.walk = page.next;
    return true;
  }
}
