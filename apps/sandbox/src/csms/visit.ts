import { setTimeout as sleep } from 'node:timers/promises';
import { type Evse, type Location } from '#ocpi';
import { ChargingSession, type SessionPlan } from './charging-session.js';
import { PowerLimits } from './power-limits.js';
import { type Say } from './say.js';

export interface VisitPace {
  /** How many updates between start and end, and the real time between them. */
  updates?: number;
  updateEveryMs?: number;
  /** Unplugs the car at once: the session ends with its CDR, and nothing is left open. */
  unplug?: AbortSignal;
  /** It starts now and its minutes are real ones; else it lies wholly in the past, an hour told within seconds. */
  isLive?: boolean;
}

const MINUTE_MS = 60_000;

/** A car at an EVSE, from the start of its session to the CDR. */
export class Visit {
  readonly limits: PowerLimits;
  private readonly session: ChargingSession;
  private readonly isLive: boolean;
  private readonly stopping = new AbortController();
  private step = 0;
  private lastWatts: number | undefined;

  constructor(
    plan: SessionPlan,
    private readonly pace: VisitPace,
    private readonly say: Say,
  ) {
    const now = new Date();
    this.isLive = pace.isLive === true;
    this.session = this.isLive
      ? ChargingSession.startingAt(plan, now)
      : new ChargingSession(plan, now);
    this.limits = new PowerLimits(plan.connector, now);
  }

  get plan(): SessionPlan {
    return this.session.plan;
  }

  get location(): Location {
    return this.plan.location;
  }

  get evse(): Evse {
    return this.plan.evse;
  }

  /** In kW, as the meter shows it now. */
  get power(): number {
    return this.session.powerAt(this.minutes);
  }

  /** The first word is `started`, or `updated` for a reservation that becomes a charging session. */
  async begin(first: 'started' | 'updated' = 'started'): Promise<void> {
    await this.say(`ocpi.session.${first}.v1`, this.session.session(0, new Date()));
  }

  /** Meter values until the plan is over, somebody stops it or the car is unplugged. */
  async charge(): Promise<void> {
    const { updates = 3 } = this.pace;
    const over = this.overSignal();
    for (;;) {
      await this.pause(over);
      if (this.isOver || this.step === updates) return;
      this.step += 1;
      await this.tellMeter();
    }
  }

  async end(): Promise<void> {
    if (this.isLive || this.stopping.signal.aborted) this.session.endAt(this.minutes);
    const minutes = this.session.durationMinutes;
    await this.say('ocpi.session.ended.v1', this.session.session(minutes, new Date()));
  }

  issueCdr(): Promise<void> {
    return this.say('ocpi.cdr.issued.v1', this.session.cdr(new Date()));
  }

  stop(): void {
    this.stopping.abort();
  }

  private get isOver(): boolean {
    return this.overSignal().aborted;
  }

  /** A limit came, changed or went: what the meter shows from now on says so at once. */
  async limitsChanged(): Promise<void> {
    if (!this.isOver) await this.tellMeter();
  }

  private async tellMeter(): Promise<void> {
    const watts = this.limits.wattsAt(new Date());
    if (watts !== this.lastWatts && (this.limits.isLimited || this.lastWatts !== undefined)) {
      this.session.limitFrom(this.minutes, watts);
      this.lastWatts = watts;
    }
    await this.say('ocpi.session.updated.v1', this.session.session(this.minutes, new Date()));
  }

  private get minutes(): number {
    const { durationMinutes, startedAt } = this.session;
    if (this.isLive) {
      const passed = (Date.now() - startedAt.getTime()) / MINUTE_MS;
      return Math.min(passed, durationMinutes);
    }
    const { updates = 3 } = this.pace;
    return Math.round((durationMinutes * this.step) / (updates + 1));
  }

  private overSignal(): AbortSignal {
    const { unplug } = this.pace;
    return unplug ? AbortSignal.any([unplug, this.stopping.signal]) : this.stopping.signal;
  }

  private pause(signal: AbortSignal): Promise<void> {
    return sleep(this.pace.updateEveryMs ?? 400, undefined, { signal }).catch(() => undefined);
  }
}
