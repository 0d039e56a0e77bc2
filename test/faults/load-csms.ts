import { type CsmsEvent, csmsEvent, type EventSender } from '#csms-client';
import { type EventTypeName } from '#csms-contract';
import {
  type Cdr,
  type CdrToken,
  type Location,
  type PartyId,
  type Session,
  type Tariff,
} from '#ocpi';

export const SOURCE = 'urn:test:csms';
export const OPERATOR: PartyId = { country_code: 'NL', party_id: 'TST' };
/** Statuses that every version has. */
export const STATUSES = [
  'AVAILABLE',
  'CHARGING',
  'BLOCKED',
  'OUTOFORDER',
  'INOPERATIVE',
  'RESERVED',
  'UNKNOWN',
] as const;
export type LoadStatus = (typeof STATUSES)[number];

export interface Site {
  location: Location;
  /** EVSE uid → the status last said. */
  statuses: Map<string, LoadStatus>;
}

/** A CSMS under load: says things, and remembers what is true by them. */
export class LoadCsms {
  readonly sites: Site[];
  readonly tariffs = new Map<string, Tariff>();
  readonly sessions = new Map<string, Session>();
  /** CDR id → key of the party that has to get it. */
  readonly cdrs = new Map<string, string>();
  /** When the CSMS said it, by EVSE uid and status: milliseconds of `Date.now()`. */
  readonly saidAt = new Map<string, number>();
  /** Events that the broker or the gateway has taken. */
  sent = 0;
  private sequence = 0;
  private statusTurn = 0;

  constructor(
    private readonly sender: EventSender,
    size: { locations: number; evsesPerLocation: number; namePrefix?: string },
  ) {
    const stamp = new Date().toISOString();
    this.sites = Array.from({ length: size.locations }, (_, n) => {
      const location = aSite(`${size.namePrefix ?? 'SITE'}-${n}`, size.evsesPerLocation, stamp);
      const uids = location.evses?.map(({ uid }) => uid) ?? [];
      return { location, statuses: new Map(uids.map((uid) => [uid, 'AVAILABLE'])) };
    });
    this.tariffs.set('BASE', aTariff('BASE', 0.4, stamp));
  }

  /** Tariffs, then Locations. */
  async stateNetwork(): Promise<void> {
    await this.say([...this.tariffs.values()].map((t) => this.event('ocpi.tariff.upserted.v1', t)));
    await this.say(this.sites.map((s) => this.event('ocpi.location.upserted.v1', s.location)));
  }

  async say(events: readonly CsmsEvent[]): Promise<void> {
    await this.sender.send(events);
    this.sent += events.length;
  }

  event(type: EventTypeName, content: unknown): CsmsEvent {
    this.sequence += 1;
    return csmsEvent(type, content, { source: SOURCE, time: new Date(), sequence: this.sequence });
  }

  /** Every EVSE in turn gets a status that differs from its last. */
  nextStatus(): CsmsEvent {
    const turn = this.statusTurn++;
    const site = this.sites[turn % this.sites.length]!;
    const uids = [...site.statuses.keys()];
    const uid = uids[Math.floor(turn / this.sites.length) % uids.length]!;
    return this.status(site, uid);
  }

  status(site: Site, uid: string, wanted?: LoadStatus): CsmsEvent {
    const now = site.statuses.get(uid) ?? 'AVAILABLE';
    const next = wanted ?? STATUSES[(STATUSES.indexOf(now) + 1) % STATUSES.length]!;
    site.statuses.set(uid, next);
    this.saidAt.set(`${uid} ${next}`, Date.now());
    return this.event('ocpi.evse.status-changed.v1', {
      ...OPERATOR,
      location_id: site.location.id,
      evse_uid: uid,
      status: next,
    });
  }

  tariff(id: string, price: number): CsmsEvent {
    const tariff = aTariff(id, price, new Date().toISOString());
    this.tariffs.set(id, tariff);
    return this.event('ocpi.tariff.upserted.v1', tariff);
  }

  removeTariff(id: string): CsmsEvent {
    this.tariffs.delete(id);
    return this.event('ocpi.tariff.removed.v1', { ...OPERATOR, id });
  }

  /** The Location anew, with other words, EVSEs or connectors. */
  restate(site: Site, change: (location: Location) => void): CsmsEvent {
    const stamp = new Date().toISOString();
    change(site.location);
    site.location.last_updated = stamp;
    for (const evse of site.location.evses ?? []) {
      evse.status = site.statuses.get(evse.uid) ?? 'AVAILABLE';
      if (!site.statuses.has(evse.uid)) site.statuses.set(evse.uid, 'AVAILABLE');
    }
    return this.event('ocpi.location.upserted.v1', structuredClone(site.location));
  }

  /** Start, end and CDR of a session by a driver of that party. */
  visit(id: string, owner: PartyId): CsmsEvent[] {
    const site = this.sites[this.sessions.size % this.sites.length]!;
    const parts = aVisit(id, owner, site.location, new Date());
    this.sessions.set(id, parts.ended);
    this.cdrs.set(parts.cdr.id, `${owner.country_code}*${owner.party_id}`);
    return [
      this.event('ocpi.session.started.v1', parts.started),
      this.event('ocpi.session.ended.v1', parts.ended),
      this.event('ocpi.cdr.issued.v1', parts.cdr),
    ];
  }

  close(): Promise<void> {
    return this.sender.close();
  }
}

export function aSite(id: string, evses: number, stamp: string): Location {
  return {
    ...OPERATOR,
    id,
    publish: true,
    name: id,
    address: 'Teststraat 1',
    city: 'Utrecht',
    postal_code: '3511 ED',
    country: 'NLD',
    coordinates: { latitude: '52.08945', longitude: '5.11021' },
    parking_type: 'ON_STREET',
    evses: Array.from({ length: evses }, (_, n) => anEvse(`${id}-E${n}`, stamp)),
    time_zone: 'Europe/Amsterdam',
    last_updated: stamp,
  };
}

export const anEvse = (uid: string, stamp: string): NonNullable<Location['evses']>[number] => ({
  uid,
  evse_id: `NL*TST*E${uid.replaceAll('-', '*')}`,
  status: 'AVAILABLE',
  connectors: [
    {
      id: '1',
      standard: 'IEC_62196_T2',
      format: 'SOCKET',
      power_type: 'AC_3_PHASE',
      max_voltage: 230,
      max_amperage: 32,
      tariff_ids: ['BASE'],
      last_updated: stamp,
    },
  ],
  last_updated: stamp,
});

const aTariff = (id: string, price: number, stamp: string): Tariff => ({
  ...OPERATOR,
  id,
  currency: 'EUR',
  type: 'REGULAR',
  tax_included: 'NO',
  elements: [{ price_components: [{ type: 'ENERGY', price, vat: 21, step_size: 1 }] }],
  last_updated: stamp,
});

function aVisit(
  id: string,
  owner: PartyId,
  location: Location,
  now: Date,
): { started: Session; ended: Session; cdr: Cdr } {
  const evse = location.evses?.[0];
  const connector = evse?.connectors[0];
  if (!evse || !connector) throw new Error(`${location.id} has no connector`);
  const start = new Date(now.getTime() - 3_600_000).toISOString();
  const end = new Date(now.getTime() - 1000).toISOString();
  const before = new Date(now.getTime() - 1).toISOString();
  const token: CdrToken = {
    ...owner,
    uid: `${owner.party_id}-CARD`,
    type: 'RFID',
    contract_id: `NL${owner.party_id}C00000001`,
  };
  const period = {
    start_date_time: start,
    dimensions: [
      { type: 'ENERGY' as const, volume: 10 },
      { type: 'TIME' as const, volume: 0.9997 },
    ],
    tariff_id: 'BASE',
  };
  const common = {
    ...OPERATOR,
    start_date_time: start,
    cdr_token: token,
    auth_method: 'WHITELIST' as const,
    currency: 'EUR',
  };
  const cost = { before_taxes: 4, taxes: [{ name: 'VAT', percentage: 21, amount: 0.84 }] };
  const session = {
    ...common,
    id,
    location_id: location.id,
    evse_uid: evse.uid,
    connector_id: '1',
  };
  return {
    started: { ...session, kwh: 0, status: 'ACTIVE', last_updated: before },
    ended: {
      ...session,
      end_date_time: end,
      kwh: 10,
      charging_periods: [period],
      total_cost: cost,
      status: 'COMPLETED',
      last_updated: now.toISOString(),
    },
    cdr: {
      ...common,
      id: `C-${id}`,
      end_date_time: end,
      session_id: id,
      cdr_location: {
        id: location.id,
        address: location.address,
        city: location.city,
        ...(location.postal_code !== undefined && { postal_code: location.postal_code }),
        country: location.country,
        coordinates: location.coordinates,
        evse_uid: evse.uid,
        evse_id: evse.evse_id ?? '#NA',
        connector_id: '1',
        connector_standard: connector.standard,
        connector_format: connector.format,
        connector_power_type: connector.power_type,
      },
      tariffs: [aTariff('BASE', 0.4, start)],
      charging_periods: [period],
      total_cost: cost,
      total_energy: 10,
      total_energy_cost: cost,
      total_time: 0.9997,
      last_updated: now.toISOString(),
    },
  };
}
