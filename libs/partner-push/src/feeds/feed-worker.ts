import { type Cursor, isBehind, type Lease, type Page, type TailReader } from '#change-log';
import { type ChangeEntity } from '#database';
import { type PartnerClient, type PushOutcome, UnreadableSecretError } from '#partners';
import { createLogger, type Metrics } from '#platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import {
  type LiveConnection,
  type PushResult,
  type PushScope,
  type PushTask,
} from '../push-scope.js';
import { PushSender } from '../push-sender.js';
import { type ExchangeLog } from '../records/exchange-log.js';
import { ParkedObjects } from '../records/parked-objects.js';
import { ConnectionView } from '../state/connection-view.js';
import { type ObjectLoader } from '../state/object-loader.js';
import { backoffMs, objectRetryMs } from './backoff.js';
import { type FeedStore } from './feed-store.js';
import { concerns, planTasks, pushedKinds } from './plan-tasks.js';
import { runTasks } from './run-tasks.js';
import { shownTo } from './shown-objects.js';
import { asChange, snapshotPage, type WalkPlace } from './snapshot-page.js';
import { ToldAhead } from './told-ahead.js';

export interface WorkerParts {
  source: DataSource;
  tail: TailReader<ChangeEntity>;
  loader: ObjectLoader;
  client: PartnerClient;
  exchanges: ExchangeLog;
  metrics: Metrics;
  store: FeedStore;
  /** The connection as it is now; undefined: no traffic may flow. */
  connection(): LiveConnection | undefined;
  /** Until when the lease is surely ours (performance.now). */
  leaseEndsMs(): number;
}

/** Enough for changes of one object to meet; each feed holds as many in memory. */
const BATCH = 200;
/** How long a feed that is given away reads on for what it told ahead of its cursor. */
const REST_MS = 5000;
const LOOK_AGAIN_MS = 10;
/** Tries of an object that keeps failing while the partner takes others. */
const MAX_ATTEMPTS = 5;

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
  private failures: number;
  private resumeAtMs: number;
  private readonly leasedAtMs = performance.now();
  /** States read before this are too old: a try failed since. */
  private readAfterMs = this.leasedAtMs;
  private isWarm = false;
  /** Changes below are left to the partner's own pull, CDRs apart (TRN-66). */
  private skipBelow = 0;
  private readonly toldAhead = new ToldAhead();
  private parked: ParkedObjects | undefined;
  private stopping = false;
  private aborted = false;
  private isWoken = false;
  private wakeUp: (() => void) | undefined;
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
    this.failures = lease.failures;
    this.resumeAtMs = lease.resumeAt?.getTime() ?? 0;
    this.done = this.work();
  }

  /** Everything up to here is told, parked or of no concern. */
  get cursor(): Cursor {
    return this.position;
  }

  get isWalking(): boolean {
    return this.walk !== null;
  }

  /** There may be something to do: new changes, or a changed connection. */
  wake(): void {
    this.isWoken = true;
    this.wakeUp?.();
  }

  /** The batch at work is brought to its end, and what was told ahead of it, so that nothing of it is repeated (P11). */
  stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    return this.done;
  }

  /** No further request leaves; resolves when those in flight have their answers. */
  abort(): Promise<void> {
    this.aborted = true;
    return this.stop();
  }

  private isActive(): boolean {
    return (
      !this.aborted &&
      performance.now() < this.parts.leaseEndsMs() &&
      this.parts.connection() !== undefined
    );
  }

  /** A function, for the answer changes while we wait. */
  private isEnding(): boolean {
    return this.stopping;
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      try {
        if (!(await this.turnOrBackOff())) await this.pause(1000);
      } catch (error) {
        if (!this.isEnding()) this.log.error({ err: error, connection: this.key }, 'feed failed');
        await this.pause(1000);
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
      !this.walk && this.failures === 0 && this.isActive() && performance.now() < deadlineMs;
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
      this.failures += 1;
      await this.backOff(connection, error.message);
      return true;
    }
  }

  /** One batch or page; false: there is nothing to do for now. */
  private async turn(): Promise<boolean> {
    if (!this.isActive()) return false;
    const connection = this.parts.connection();
    if (!connection) return false;
    if (this.resumeAtMs > Date.now()) {
      this.state = 'waiting';
      await this.pause(this.resumeAtMs - Date.now(), true);
      return true;
    }
    if (this.failures > 0) {
      // What is sent now shall tell everything up to now, so that the backlog behind it needs no request of its own.
      await this.parts.tail.refresh();
      if (!(await this.returnFromOutage(connection))) return true;
    }
    this.state = this.walk ? 'walking' : 'live';
    return this.walk ? this.walkOn(connection, this.walk) : this.readOn(connection);
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
    if (rows.length > 0) {
      const scope = await this.scope(connection);
      if (!(await this.bring(scope, planTasks(rows)))) return true;
    }
    this.position = page.end;
    if (page.drained) this.toldAhead.forgetUpTo(this.position.xid);
    return page.rows.length > 0;
  }

  private async walkOn(connection: LiveConnection, place: WalkPlace): Promise<boolean> {
    const page = await snapshotPage(this.parts.source, connection, place, pushedKinds(connection));
    if (page.objects.length > 0) {
      const scope = await this.scope(connection);
      const rows = page.objects.map((object) => asChange(object, place));
      if (!(await this.bring(scope, planTasks(rows)))) return true;
    }
    await this.parts.store.saveWalk(this.key, this.generation, page.next);
    this.walk = page.next;
    return true;
  }

  /** Brings all phases to the partner, trying again for as long as it takes. False: we have to stop or wait. */
  private async bring(scope: PushScope, phases: PushTask[][]): Promise<boolean> {
    for (const phase of phases) {
      let tasks = phase;
      while (tasks.length > 0) {
        if (!this.isActive()) return false;
        await this.preload(scope, tasks);
        const pass = await runTasks(scope, tasks, {
          concurrency: scope.connection.profile.concurrency,
          isWarm: this.isWarm,
          isActive: () => this.isActive(),
          onSettled: (task, result) => this.settled(task, result),
        });
        tasks = pass.remaining;
        if (pass.answered > 0) await this.answered();
        if (tasks.length === 0) break;
        if (!this.isActive()) return false;
        if (pass.failure?.kind === 'unauthorized') {
          // The token may just have been replaced: then the new one is tried first.
          if (this.parts.connection() !== scope.connection) return false;
          await this.parts.store.rejectConnection(scope.connection, pass.failure.reason);
          this.isWarm = false;
          return false;
        }
        if (this.isEnding()) return false;
        this.readAfterMs = performance.now();
        tasks = await this.afterFailure(scope, tasks, pass.answered > 0, pass.failure);
        if (this.resumeAtMs > Date.now()) return false;
      }
    }
    return true;
  }

  /** Some tasks failed: is it they, or the partner? */
  private async afterFailure(
    scope: PushScope,
    tasks: PushTask[],
    isAnswering: boolean,
    failure: Extract<PushOutcome, { kind: 'unavailable' }> | undefined,
  ): Promise<PushTask[]> {
    const worst = Math.max(0, ...tasks.map(({ attempts }) => attempts));
    const isOverload = failure?.isOverload === true;
    if (isAnswering && !isOverload) {
      const rest = worst >= MAX_ATTEMPTS ? await this.giveUp(tasks, failure) : tasks;
      if (rest.length > 0) await this.pause(objectRetryMs(worst), true);
      return rest;
    }
    this.isWarm = false;
    this.failures += 1;
    const stuck = this.stuck.get(keyOf(tasks)) ?? 0;
    this.stuck.clear();
    this.stuck.set(keyOf(tasks), stuck + 1);
    if (!isOverload && stuck + 1 >= MAX_ATTEMPTS && (await scope.sender.isAnswering())) {
      for (const task of tasks.slice(0, 1)) task.attempts = MAX_ATTEMPTS;
      this.stuck.clear();
      return this.giveUp(tasks, failure);
    }
    await this.backOff(scope.connection, failure?.reason ?? 'no answer', failure?.retryAfterMs);
    return tasks;
  }

  private async backOff(
    { profile }: LiveConnection,
    reason: string,
    retryAfterMs?: number,
  ): Promise<void> {
    const delayMs = backoffMs(this.failures, profile, retryAfterMs);
    this.resumeAtMs = Date.now() + delayMs;
    this.log.warn(
      { connection: this.key, failures: this.failures, delayMs, reason },
      'partner unavailable',
    );
    await this.parts.store.saveBreaker(this.key, this.failures, new Date(this.resumeAtMs), reason);
  }

  /** How often the same object stood first while nothing was answered; it may be the object after all. */
  private readonly stuck = new Map<string, number>();

  private async giveUp(
    tasks: PushTask[],
    failure: Extract<PushOutcome, { kind: 'unavailable' }> | undefined,
  ): Promise<PushTask[]> {
    const rest: PushTask[] = [];
    for (const task of tasks) {
      if (task.attempts < MAX_ATTEMPTS) {
        rest.push(task);
        continue;
      }
      const reason = `failed ${task.attempts} times while the partner answered: ${failure?.reason ?? ''}`;
      const { httpStatus, ocpiStatus } = failure ?? {};
      await this.parked?.park(task, task.objectName ?? '', { reason, httpStatus, ocpiStatus });
    }
    return rest;
  }

  private async settled(task: PushTask, result: PushResult): Promise<void> {
    const { outcome, objectName, covers = [] } = result;
    for (const [node, seen] of covers) this.toldAhead.note(node, seen);
    if (outcome?.kind === 'rejected') {
      await this.parked?.park(task, objectName, outcome);
      return;
    }
    if (outcome?.kind !== 'delivered') return;
    this.parts.metrics.pushLagSeconds.observe(
      { module: `${task.kind}s` },
      Math.max(0, Date.now() - task.since.getTime()) / 1000,
    );
    await this.parked?.unpark(task);
  }

  private async answered(): Promise<void> {
    this.isWarm = true;
    this.stuck.clear();
    this.parts.store.noteSuccess(this.key);
    if (this.failures === 0) return;
    this.failures = 0;
    this.resumeAtMs = 0;
    await this.parts.store.partnerIsBack(this.key);
  }

  /** A partner that wants to fetch after an outage is asked whether it is back, not pushed at (TRN-66). */
  private async returnFromOutage(connection: LiveConnection): Promise<boolean> {
    if (connection.profile.catchUp !== 'wait_for_pull') return true;
    const scope = await this.scope(connection);
    if (await scope.sender.isAnswering()) {
      this.skipBelow = this.parts.tail.horizon;
      await this.answered();
      return true;
    }
    await this.afterFailure(scope, [], false, undefined);
    return false;
  }

  private async scope(connection: LiveConnection): Promise<PushScope> {
    const { source, loader, client, exchanges, metrics, store } = this.parts;
    if (this.known?.connection !== connection) {
      this.parked = await ParkedObjects.of(source, connection.id);
      this.known = {
        connection,
        view: new ConnectionView(source, connection),
        sender: new PushSender(
          client,
          connection,
          { exchanges, metrics },
          (name) => void store.noteDeviation(connection.id, name),
          () => this.isActive(),
        ),
      };
    }
    const isShown = await shownTo(source, connection);
    return {
      ...this.known,
      source,
      loader,
      need: (xid) => ({ xid, readAfterMs: this.readAfterMs }),
      isParked: (kind, objectId) => this.parked?.has(kind, objectId) ?? false,
      isShown,
    };
  }

  private known: Pick<PushScope, 'view' | 'sender' | 'connection'> | undefined;

  private async preload(scope: PushScope, tasks: readonly PushTask[]): Promise<void> {
    if (tasks.length < 2) return;
    await Promise.all(
      tasks.map(({ kind, objectId, xid }) => scope.loader.get(kind, objectId, scope.need(xid))),
    );
  }

  /** Sleeps until something happens; `whole`: for the whole time, but for a stop. */
  private async pause(ms: number, whole = false): Promise<void> {
    const until = performance.now() + ms;
    while (!this.stopping && (whole || !this.isWoken)) {
      const rest = until - performance.now();
      if (rest <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rest);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wakeUp = undefined;
    }
    if (!whole) this.isWoken = false;
  }
}

const keyOf = ([first]: readonly PushTask[]): string =>
  first ? `${first.kind}:${first.objectId}` : 'probe';
