import { besideTheLog } from '#change-log';
import {
  type ActiveChargingProfile,
  encodeActiveChargingProfile,
  joinUrl,
  parseDateTime,
  partyOfKey,
} from '#ocpi';
import {
  type ConnectionDirectory,
  endpointUrl,
  hostedPartyId,
  isLive,
  type PartnerClient,
  partyIdOf,
} from '#partners';
import { createLogger, type Metrics } from '#platform';
import { type Pool } from 'pg';
import { type DataSource } from 'typeorm';
import { backoffMs } from '../feeds/backoff.js';
import { type LiveConnection, nameOf } from '../push-scope.js';
import { PushSender } from '../push-sender.js';
import { ExchangeLog } from '../records/exchange-log.js';
import { tokenRefused } from '../refused-token.js';
import {
  connectionsWithDue,
  type DueProfile,
  endDueProfile,
  postponeDueProfile,
  takeDueProfiles,
} from './due-profiles.js';

export interface ChargingProfilePushesParts {
  source: DataSource;
  directory: ConnectionDirectory;
  client: PartnerClient;
  metrics: Metrics;
}

/** Beside the signal, which may be lost, and for what a dead process had taken. */
const LOOK_EVERY_MS = 1000;
/** Of a lease beyond the longest time that an answer may take. */
const LEASE_MARGIN_MS = 5000;

/**
 * Tells the owners of charging profiles what limits their Sessions (CHP-28 to CHP-33). Replication like the feeds: only the
 * latest state is sent, one request at a time per Session, again after failures until the plan it tells of is over.
 */
export class ChargingProfilePushes {
  private readonly log = createLogger('charging-profiles');
  private readonly records: Pool;
  private readonly exchanges: ExchangeLog;
  private readonly inFlight = new Map<string, number>();
  private readonly sending = new Set<Promise<void>>();
  private readonly told = new Set<string>();
  private looking: Promise<void> | undefined;
  private again = false;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly parts: ChargingProfilePushesParts) {
    this.records = besideTheLog(parts.source);
    this.exchanges = new ExchangeLog(this.records);
  }

  start(): void {
    this.timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
    this.wake();
  }

  /** Something may be due. */
  wake(): void {
    if (this.isStopped) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = this.look()
      .catch((error: unknown) => this.log.warn({ err: error }, 'due profiles cannot be read'))
      .finally(() => {
        this.looking = undefined;
        if (!this.again) return;
        this.again = false;
        this.wake();
      });
  }

  /** Resolves when what is being sent has been answered. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.looking;
    await Promise.all(this.sending);
    await this.exchanges.flush();
    if (!this.records.ending) await this.records.end();
  }

  private async look(): Promise<void> {
    const { source, directory } = this.parts;
    const room = (await connectionsWithDue(source)).flatMap((connectionId) => {
      const connection = directory.get(connectionId);
      if (!connection || !isLive(connection)) return [];
      const { concurrency, timeoutMs } = connection.profile;
      const free = concurrency - (this.inFlight.get(connectionId) ?? 0);
      return free > 0 ? [{ connectionId, leaseMs: timeoutMs + LEASE_MARGIN_MS, free }] : [];
    });
    if (room.length === 0) return;
    for (const due of await takeDueProfiles(source, room)) this.send(due);
  }

  private send(due: DueProfile): void {
    const { connectionId } = due;
    this.inFlight.set(connectionId, (this.inFlight.get(connectionId) ?? 0) + 1);
    const sent = this.tell(due)
      // Its lease ends, and it is tried again.
      .catch((error: unknown) => this.log.warn({ err: error, connectionId }, 'a push failed'))
      .finally(() => {
        this.sending.delete(sent);
        this.inFlight.set(connectionId, (this.inFlight.get(connectionId) ?? 1) - 1);
        this.wake();
      });
    this.sending.add(sent);
  }

  private async tell(due: DueProfile): Promise<void> {
    const { source, directory } = this.parts;
    const connection = directory.get(due.connectionId);
    if (!connection || !isLive(connection)) return;
    const active = JSON.parse(due.duePush) as ActiveChargingProfile;
    const url = endpointUrl(connection, 'chargingprofiles', 'SENDER');
    const isStale = due.attempts > 1 && isOver(active);
    if (!due.isActive || url === undefined || isStale) {
      if (url === undefined) this.tellOnce(connection.id);
      await endDueProfile(source, due);
      return;
    }
    const outcome = await this.put(connection, due, joinUrl(url, due.sessionId), active);
    if (outcome.kind === 'delivered' || outcome.kind === 'rejected') {
      await endDueProfile(source, due); // refused is judged as callbacks are: not repeated (CHP-39)
      return;
    }
    if (outcome.kind === 'unauthorized') {
      await tokenRefused(source, directory, connection, outcome.reason);
    }
    const retryAfterMs = outcome.kind === 'unavailable' ? outcome.retryAfterMs : undefined;
    const pause = backoffMs(due.attempts, connection.profile, retryAfterMs);
    await postponeDueProfile(source, due, pause);
  }

  private async put(
    connection: LiveConnection,
    due: DueProfile,
    url: string,
    active: ActiveChargingProfile,
  ) {
    const { client, directory, metrics } = this.parts;
    const owner = directory.hostedParties().find(({ partyKey }) => partyKey === due.partyKey);
    const from = owner ? hostedPartyId(owner) : partyOfKey(due.partyKey);
    const party = connection.parties.find(({ partyKey }) => partyKey === due.senderKey);
    const records = { exchanges: this.exchanges, metrics };
    const sender = new PushSender(
      client,
      connection,
      records,
      () => undefined,
      () => !this.isStopped,
    );
    const sent = await sender.send({
      method: 'PUT',
      url,
      body: JSON.stringify(encodeActiveChargingProfile(active)),
      kind: 'chargingprofile',
      objectName: nameOf(from, due.sessionId),
      from,
      ...(party && { to: partyIdOf(party) }),
    });
    return sent.outcome;
  }

  private tellOnce(connectionId: string): void {
    if (this.told.has(connectionId)) return;
    this.told.add(connectionId);
    const message =
      'the partner lists no SENDER endpoint of charging profiles: it is told no changes';
    this.log.warn({ connection: connectionId }, message);
  }
}

/** Has the time passed that the plan speaks of? */
function isOver({
  start_date_time,
  charging_profile: { duration },
}: ActiveChargingProfile): boolean {
  const start = parseDateTime(start_date_time)?.getTime() ?? 0;
  return duration !== undefined && start + duration * 1000 < Date.now();
}
