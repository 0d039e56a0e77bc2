import { type AuthMethod, type CdrToken, type Evse, foldId, type Location } from '#ocpi';
import { type ChargingNetwork } from './charging-network.js';
import { type SessionPlan } from './charging-session.js';
import { Reservations } from './reservations.js';
import { type Say } from './say.js';
import { Visit, type VisitPace } from './visit.js';

/** An EVSE and the Location it stands at. */
export interface Place {
  location: Location;
  evse: Evse;
}

export interface VisitOptions extends Place, VisitPace {
  /** That of the reservation, where the driver has one here. */
  sessionId: string;
  token: CdrToken;
  groupId?: string | undefined;
  authMethod?: AuthMethod;
  authorizationReference?: string | undefined;
  chargingMinutes?: number;
  parkingMinutes?: number;
}

/** The chargers: who is plugged in, who charges, what is reserved. All their events come from here. */
export class Fleet {
  readonly reservations: Reservations;
  private readonly visits = new Map<string, Visit>();
  private readonly pluggedIn = new Set<Evse>();
  private readonly awaited = new Map<Evse, () => void>();

  constructor(
    readonly network: ChargingNetwork,
    readonly say: Say,
    onTrouble: (error: unknown) => void,
  ) {
    this.reservations = new Reservations(this, onTrouble);
  }

  find(locationId: string, evseUid: string): Place | undefined {
    const location = this.network.locations.find(({ id }) => foldId(id) === foldId(locationId));
    const evse = location?.evses?.find(({ uid }) => foldId(uid) === foldId(evseUid));
    return location && evse && { location, evse };
  }

  evsesOf(locationId: string): Place[] {
    return this.network.locations
      .filter(({ id }) => foldId(id) === foldId(locationId))
      .flatMap((location) => (location.evses ?? []).map((evse) => ({ location, evse })));
  }

  /** A charger reports: plugged and charging, faulted, offline, back again. */
  async setStatus({ location, evse }: Place, status: Evse['status']): Promise<void> {
    if (evse.status === status) return;
    evse.status = status;
    await this.say('ocpi.evse.status-changed.v1', {
      ...this.network.party,
      location_id: location.id,
      evse_uid: evse.uid,
      status,
    });
  }

  /** A driver plugs in and waits for somebody to let the car charge. The status stays: nothing flows yet. */
  plugIn(evse: Evse): void {
    this.pluggedIn.add(evse);
    this.awaited.get(evse)?.();
  }

  unplug(evse: Evse): void {
    this.pluggedIn.delete(evse);
    this.visitAt(evse)?.stop();
  }

  isPluggedIn(evse: Evse): boolean {
    return this.pluggedIn.has(evse);
  }

  /** True as soon as a car is plugged in, false when none came within `withinMs`. */
  async carComes(evse: Evse, withinMs: number): Promise<boolean> {
    if (this.isPluggedIn(evse)) return true;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs).unref();
      this.awaited.set(evse, resolve);
    });
    clearTimeout(timer);
    this.awaited.delete(evse);
    return this.isPluggedIn(evse);
  }

  visitOf(sessionId: string): Visit | undefined {
    return this.visits.get(foldId(sessionId));
  }

  visitAt(evse: Evse): Visit | undefined {
    return [...this.visits.values()].find((visit) => visit.evse === evse);
  }

  /** One car: plug-in, meter values, the full battery or a stop, unplugging, and the CDR. */
  async visit(options: VisitOptions): Promise<void> {
    const { evse, token, groupId } = options;
    const reservation = this.reservations.use(evse, { uid: token.uid, group_id: groupId });
    const sessionId = reservation?.request.session_id ?? options.sessionId;
    const isLive = options.isLive === true || reservation !== undefined;
    const visit = new Visit(this.plan({ ...options, sessionId }), { ...options, isLive }, this.say);
    this.visits.set(foldId(sessionId), visit);
    try {
      await this.setStatus(options, 'CHARGING');
      await visit.begin(reservation ? 'updated' : 'started');
      await visit.charge();
      await visit.end();
    } finally {
      this.visits.delete(foldId(sessionId));
      this.pluggedIn.delete(evse);
    }
    await this.setStatus(options, 'AVAILABLE');
    await visit.issueCdr();
  }

  private plan(options: VisitOptions): SessionPlan {
    const { sessionId: id, location, evse, token } = options;
    const {
      chargingMinutes = 40,
      parkingMinutes = 10,
      authMethod,
      authorizationReference,
    } = options;
    const connector = evse.connectors[0];
    const tariff = this.network.tariffs.find((t) => connector?.tariff_ids?.includes(t.id));
    if (!connector || !tariff)
      throw new Error(`${location.id}/${evse.uid} has no priced connector`);
    return {
      ...{ id, location, evse, connector, tariff, token, chargingMinutes, parkingMinutes },
      ...(authMethod && { authMethod }),
      ...(authorizationReference !== undefined && { authorizationReference }),
    };
  }
}
