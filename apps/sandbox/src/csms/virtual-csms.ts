import { setTimeout as sleep } from 'node:timers/promises';
import { type CdrToken, type Evse, type Location } from '#ocpi';
import { csmsEvent, type EventSender, stateNetwork } from '#csms-client';
import { type EventTypeName } from '#csms-contract';
import { type ChargingNetwork } from './charging-network.js';
import { ChargingSession } from './charging-session.js';

const SANDBOX_SOURCE = 'urn:sandbox:csms';

/** What the CSMS said, for the timeline. */
export interface Statement {
  at: Date;
  type: EventTypeName;
  content: Record<string, unknown>;
}

export interface VisitOptions {
  sessionId: string;
  location: Location;
  evse: Evse;
  token: CdrToken;
  chargingMinutes?: number;
  parkingMinutes?: number;
  /** How many updates between start and end, and the real time between them. */
  updates?: number;
  updateEveryMs?: number;
  /** Unplugs the car at once: the session ends with its CDR, and nothing is left open. */
  unplug?: AbortSignal;
}

/** A CSMS with its own chargers: states its network, and tells what happens at it, in the words of the contract. */
export class VirtualCsms {
  private readonly listeners: ((statement: Statement) => void)[] = [];
  private sequence = Date.now();

  constructor(
    readonly network: ChargingNetwork,
    private readonly sender: EventSender,
  ) {}

  onStatement(listener: (statement: Statement) => void): void {
    this.listeners.push(listener);
  }

  stateNetwork(): Promise<void> {
    return stateNetwork(this.sender, this.network, SANDBOX_SOURCE);
  }

  close(): Promise<void> {
    return this.sender.close();
  }

  /** A charger reports: plugged and charging, faulted, offline, back again. */
  async setStatus(location: Location, evse: Evse, status: Evse['status']): Promise<void> {
    if (evse.status === status) return;
    evse.status = status;
    await this.say('ocpi.evse.status-changed.v1', {
      ...this.network.party,
      location_id: location.id,
      evse_uid: evse.uid,
      status,
    });
  }

  /** One car: plug-in, meter values, the full battery, unplugging, and the CDR. */
  async visit(options: VisitOptions): Promise<void> {
    const { location, evse, updates = 3, updateEveryMs = 400, unplug } = options;
    const pause = (): Promise<void> =>
      sleep(updateEveryMs, undefined, unplug && { signal: unplug }).catch(() => undefined);
    const session = this.plan(options);
    await this.setStatus(location, evse, 'CHARGING');
    await this.say('ocpi.session.started.v1', session.session(0, new Date()));
    for (let step = 1; step <= updates; step++) {
      await pause();
      if (unplug?.aborted) break;
      const minutes = Math.round((session.durationMinutes * step) / (updates + 1));
      await this.say('ocpi.session.updated.v1', session.session(minutes, new Date()));
    }
    if (!unplug?.aborted) await pause();
    const end = session.session(session.durationMinutes, new Date());
    await this.say('ocpi.session.ended.v1', end);
    await this.setStatus(location, evse, 'AVAILABLE');
    await this.say('ocpi.cdr.issued.v1', session.cdr(new Date()));
  }

  private plan(options: VisitOptions): ChargingSession {
    const { sessionId: id, location, evse, token } = options;
    const { chargingMinutes = 40, parkingMinutes = 10 } = options;
    const connector = evse.connectors[0];
    const tariff = this.network.tariffs.find((t) => connector?.tariff_ids?.includes(t.id));
    if (!connector || !tariff)
      throw new Error(`${location.id}/${evse.uid} has no priced connector`);
    return new ChargingSession(
      { id, location, evse, connector, tariff, token, chargingMinutes, parkingMinutes },
      new Date(),
    );
  }

  private async say(type: EventTypeName, content: object): Promise<void> {
    const time = new Date();
    const data = { ...content };
    // Before partners can have heard of it, so that listeners hear everything in the order in which it happened.
    for (const listener of this.listeners) listener({ at: time, type, content: data });
    await this.sender.send([
      csmsEvent(type, data, { source: SANDBOX_SOURCE, time, sequence: ++this.sequence }),
    ]);
  }
}
