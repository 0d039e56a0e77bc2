import { type PartnerClient, type PushOutcome } from '#partners';
import { type Metrics } from '#platform';
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
import { objectRetryMs } from './backoff.js';
import { type FeedBreaker } from './feed-breaker.js';
import { type FeedStore } from './feed-store.js';
import { type LeaseTerm, type Permission } from './lease-term.js';
import { runTasks } from './run-tasks.js';
import { shownTo } from './shown-objects.js';
import { type ToldAhead } from './told-ahead.js';

export interface DeliveryParts extends Pick<Permission, 'connection'> {
  source: DataSource;
  loader: ObjectLoader;
  client: PartnerClient;
  exchanges: ExchangeLog;
  metrics: Metrics;
  store: FeedStore;
}

/** The feed that is delivered: what its delivery shares with its reading. */
interface Feed {
  key: string;
  term: LeaseTerm;
  breaker: FeedBreaker;
  toldAhead: ToldAhead;
}

/** Tries of an object that keeps failing while the partner takes others. */
const MAX_ATTEMPTS = 5;

type Unavailable = Extract<PushOutcome, { kind: 'unavailable' }>;

/**
 * Brings a feed's tasks to the partner, and judges what fails: an object that the partner cannot take is parked, a
 * partner that is away is left alone for a while.
 */
export class FeedDelivery {
  /** States read before this are too old: a try failed since. */
  private readAfterMs = performance.now();
  private isWarm = false;
  /** How often the same object stood first while nothing was answered; it may be the object after all. */
  private readonly stuck = new Map<string, number>();
  private parked: ParkedObjects | undefined;
  private known: Pick<PushScope, 'view' | 'sender' | 'connection'> | undefined;

  constructor(
    private readonly parts: DeliveryParts,
    private readonly feed: Feed,
  ) {}

  /**
   * Brings all phases to the partner, trying again for as long as it takes. False: we have to stop or wait.
   * @throws UnreadableSecretError without our token.
   */
  async bring(connection: LiveConnection, phases: PushTask[][]): Promise<boolean> {
    const { term, breaker } = this.feed;
    const scope = await this.scope(connection);
    for (const phase of phases) {
      let tasks = phase;
      while (tasks.length > 0) {
        if (!term.isActive()) return false;
        await preload(scope, tasks);
        const pass = await runTasks(scope, tasks, {
          concurrency: connection.profile.concurrency,
          isWarm: this.isWarm,
          isActive: () => term.isActive(),
          onSettled: (task, result) => this.settled(task, result),
        });
        tasks = pass.remaining;
        if (pass.answered > 0) await this.answered();
        if (tasks.length === 0) break;
        if (!term.isActive()) return false;
        if (pass.failure?.kind === 'unauthorized') {
          // The token may just have been replaced: then the new one is tried first.
          if (this.parts.connection() !== connection) return false;
          await this.parts.store.rejectConnection(connection, pass.failure.reason);
          this.isWarm = false;
          return false;
        }
        if (term.isEnding()) return false;
        this.readAfterMs = performance.now();
        tasks = await this.afterFailure(scope, tasks, pass.answered > 0, pass.failure);
        if (breaker.waitMs > 0) return false;
      }
    }
    return true;
  }

  /**
   * Asks a partner that was away whether it is back; if not, it is left alone again.
   * @throws UnreadableSecretError without our token.
   */
  async probe(connection: LiveConnection): Promise<boolean> {
    const scope = await this.scope(connection);
    if (await scope.sender.isAnswering()) return true;
    await this.afterFailure(scope, [], false, undefined);
    return false;
  }

  /** The partner answered: its breaker closes. */
  async answered(): Promise<void> {
    this.isWarm = true;
    this.stuck.clear();
    this.parts.store.noteSuccess(this.feed.key);
    await this.feed.breaker.close();
  }

  /** Some tasks failed: is it they, or the partner? */
  private async afterFailure(
    scope: PushScope,
    tasks: PushTask[],
    isAnswering: boolean,
    failure: Unavailable | undefined,
  ): Promise<PushTask[]> {
    const { term, breaker } = this.feed;
    const worst = Math.max(0, ...tasks.map(({ attempts }) => attempts));
    const isOverload = failure?.isOverload === true;
    if (isAnswering && !isOverload) {
      const rest = worst >= MAX_ATTEMPTS ? await this.giveUp(tasks, failure) : tasks;
      if (rest.length > 0) await term.pause(objectRetryMs(worst), true);
      return rest;
    }
    this.isWarm = false;
    breaker.noteFailure();
    const stuck = this.stuck.get(keyOf(tasks)) ?? 0;
    this.stuck.clear();
    this.stuck.set(keyOf(tasks), stuck + 1);
    if (!isOverload && stuck + 1 >= MAX_ATTEMPTS && (await scope.sender.isAnswering())) {
      for (const task of tasks.slice(0, 1)) task.attempts = MAX_ATTEMPTS;
      this.stuck.clear();
      return this.giveUp(tasks, failure);
    }
    const { profile } = scope.connection;
    await breaker.backOff(profile, failure?.reason ?? 'no answer', failure?.retryAfterMs);
    return tasks;
  }

  private async giveUp(tasks: PushTask[], failure: Unavailable | undefined): Promise<PushTask[]> {
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
    for (const [node, seen] of covers) this.feed.toldAhead.note(node, seen);
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
          () => this.feed.term.isActive(),
        ),
      };
    }
    const isShown = await shownTo(source, connection);
    return {
      ...this.known,
      source,
      loader,
      metrics,
      need: (xid) => ({ xid, readAfterMs: this.readAfterMs }),
      isParked: (kind, objectId) => this.parked?.has(kind, objectId) ?? false,
      isShown,
    };
  }
}

async function preload(scope: PushScope, tasks: readonly PushTask[]): Promise<void> {
  if (tasks.length < 2) return;
  await Promise.all(
    tasks.map(({ kind, objectId, xid }) => scope.loader.get(kind, objectId, scope.need(xid))),
  );
}

const keyOf = ([first]: readonly PushTask[]): string =>
  first ? `${first.kind}:${first.objectId}` : 'probe';
