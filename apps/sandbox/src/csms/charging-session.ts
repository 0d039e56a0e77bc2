import {
  type AuthMethod,
  type Cdr,
  type CdrToken,
  type ChargingPeriod,
  type Connector,
  type Evse,
  fourDecimals,
  type Location,
  type Price,
  type Session,
  type Tariff,
} from '#ocpi';

export interface SessionPlan {
  id: string;
  location: Location;
  evse: Evse;
  connector: Connector;
  tariff: Tariff;
  token: CdrToken;
  /** WHITELIST unless said otherwise. */
  authMethod?: AuthMethod;
  authorizationReference?: string;
  /** Minutes that energy flows, and minutes the full car then stays plugged in. */
  chargingMinutes: number;
  parkingMinutes: number;
}

const PERIOD_MINUTES = 15;
/** A CDR needs a period, and a period some time. */
const SHORTEST_MINUTES = 1 / 6000;
const MINUTE_MS = 60_000;

/**
 * One visit of a car, as a CSMS would report it: a curve that tapers off and keeps below any limit, a period per quarter of
 * an hour and per limit, parking at the end, and the CDR. Minutes are the session's own.
 */
export class ChargingSession {
  readonly startedAt: Date;
  private totalMinutes: number;
  private readonly limits: { from: number; kilowatts: number }[] = [];

  /** It starts so long before `endsAt` that nothing lies in the future. */
  constructor(
    readonly plan: SessionPlan,
    endsAt: Date,
  ) {
    this.totalMinutes = plan.chargingMinutes + plan.parkingMinutes;
    this.startedAt = new Date(
      Math.floor((endsAt.getTime() - this.totalMinutes * MINUTE_MS) / 1000) * 1000,
    );
  }

  /** One that starts when it is said to; its minutes pass as they do on the clock. */
  static startingAt(plan: SessionPlan, at: Date): ChargingSession {
    const minutes = plan.chargingMinutes + plan.parkingMinutes;
    // Up to a whole second, for starts are cut to seconds.
    const start = Math.floor(at.getTime() / 1000) * 1000;
    return new ChargingSession(plan, new Date(start + minutes * MINUTE_MS));
  }

  /** From this minute on no more power than this flows. */
  limitFrom(minutes: number, watts: number): void {
    this.limits.push({ from: minutes, kilowatts: watts / 1000 });
  }

  /** The car leaves before it was planned to. */
  endAt(minutes: number): void {
    this.totalMinutes = Math.min(this.totalMinutes, Math.max(minutes, SHORTEST_MINUTES));
  }

  /** The Session after `minutes` of its own time; `at` is when the CSMS says so. */
  session(minutes: number, at: Date): Session {
    const over = minutes >= this.totalMinutes;
    const { location, evse, connector, tariff, id } = this.plan;
    return {
      country_code: location.country_code,
      party_id: location.party_id,
      id,
      start_date_time: this.startedAt.toISOString(),
      ...(over && { end_date_time: this.instant(this.totalMinutes).toISOString() }),
      kwh: this.energyUntil(minutes),
      ...this.driver(),
      location_id: location.id,
      evse_uid: evse.uid,
      connector_id: connector.id,
      meter_id: `meter-${evse.uid}`,
      currency: tariff.currency,
      ...(minutes > 0 && { charging_periods: this.periods(minutes, true) }),
      total_cost: this.cost(minutes).total,
      status: over ? 'COMPLETED' : 'ACTIVE',
      last_updated: at.toISOString(),
    };
  }

  /** The finished record; `at` is when it was made. */
  cdr(at: Date): Cdr {
    const { location, evse, connector, tariff, id } = this.plan;
    const { total, energy, parking } = this.cost(this.totalMinutes);
    return {
      country_code: location.country_code,
      party_id: location.party_id,
      id: cdrIdOf(id),
      start_date_time: this.startedAt.toISOString(),
      end_date_time: this.instant(this.totalMinutes).toISOString(),
      session_id: id,
      ...this.driver(),
      cdr_location: {
        id: location.id,
        ...(location.name !== undefined && { name: location.name }),
        address: location.address,
        city: location.city,
        ...(location.postal_code !== undefined && { postal_code: location.postal_code }),
        country: location.country,
        coordinates: location.coordinates,
        evse_uid: evse.uid,
        evse_id: evse.evse_id ?? '#NA',
        connector_id: connector.id,
        connector_standard: connector.standard,
        connector_format: connector.format,
        connector_power_type: connector.power_type,
      },
      meter_id: `meter-${evse.uid}`,
      currency: tariff.currency,
      tariffs: [tariff],
      charging_periods: this.periods(this.totalMinutes, false),
      total_cost: total,
      total_energy: this.energyUntil(this.totalMinutes),
      total_energy_cost: energy,
      total_time: fourDecimals(this.totalMinutes / 60),
      total_parking_time: fourDecimals((this.totalMinutes - this.chargedMinutes) / 60),
      ...(parking && { total_parking_cost: parking }),
      last_updated: at.toISOString(),
    };
  }

  get durationMinutes(): number {
    return this.totalMinutes;
  }

  private instant(minutes: number): Date {
    return new Date(this.startedAt.getTime() + minutes * MINUTE_MS);
  }

  private driver(): Pick<Session, 'cdr_token' | 'auth_method' | 'authorization_reference'> {
    const { token, authMethod = 'WHITELIST', authorizationReference } = this.plan;
    return {
      cdr_token: token,
      auth_method: authMethod,
      ...(authorizationReference !== undefined && {
        authorization_reference: authorizationReference,
      }),
    };
  }

  /** Minutes in which energy flows, of a visit that may have been cut short. */
  private get chargedMinutes(): number {
    return Math.min(this.plan.chargingMinutes, this.totalMinutes);
  }

  /** Full power for two thirds of the planned time, then falling to a fifth; never above the limit of the moment. */
  powerAt(minutes: number): number {
    const { connector, chargingMinutes } = this.plan;
    if (minutes > this.chargedMinutes) return 0;
    const kilowatts = ((connector.max_electric_power ?? 11000) / 1000) * 0.9;
    const knee = (chargingMinutes * 2) / 3;
    const tail = Math.max(0, minutes - knee) / (chargingMinutes - knee || 1);
    const limit = this.limits.findLast(({ from }) => from <= minutes)?.kilowatts ?? Infinity;
    return Math.min(kilowatts * (1 - 0.8 * tail), limit);
  }

  /** In kWh, as the meter shows it. */
  private energyUntil(minutes: number): number {
    return fourDecimals(this.deliveredUntil(minutes));
  }

  /** kWh: power by the minute, and cut where the limit changes. */
  private deliveredUntil(minutes: number): number {
    const charged = Math.min(minutes, this.chargedMinutes);
    const whole = Array.from({ length: Math.ceil(charged) }, (_, minute) => minute);
    const cuts = [...whole, (this.plan.chargingMinutes * 2) / 3, ...this.limits.map((l) => l.from)]
      .filter((cut) => cut < charged)
      .sort((a, b) => a - b);
    const energy = cuts.reduce((sum, cut, index) => {
      const next = cuts[index + 1] ?? charged;
      return sum + this.powerAt((cut + next) / 2) * (next - cut);
    }, 0);
    return energy / 60;
  }

  private periods(minutes: number, withPower: boolean): ChargingPeriod[] {
    const { tariff } = this.plan;
    const charged = this.chargedMinutes;
    const starts = this.cutsUntil(minutes);
    const last = starts.length - 1;
    return starts.map((start, index) => {
      const end = Math.min(starts[index + 1] ?? minutes, minutes);
      const energy = fourDecimals(this.energyUntil(end) - this.energyUntil(start));
      return {
        start_date_time: this.instant(start).toISOString(),
        dimensions: [
          ...(start < charged ? [{ type: 'ENERGY' as const, volume: energy }] : []),
          {
            type: start < charged ? ('TIME' as const) : ('PARKING_TIME' as const),
            volume: fourDecimals((end - start) / 60),
          },
          ...(withPower && start < charged
            ? [
                {
                  type: 'POWER' as const,
                  volume: this.meanPower(start, end, index === last && minutes < this.totalMinutes),
                },
              ]
            : []),
        ],
        tariff_id: tariff.id,
      };
    });
  }

  /** Of a period that is over the average, of one that runs what the meter shows now; a CDR has no POWER (CDR-36). */
  private meanPower(start: number, end: number, isOpen: boolean): number {
    if (isOpen) return fourDecimals(this.powerAt(end));
    const delivered = this.deliveredUntil(end) - this.deliveredUntil(start);
    return fourDecimals((delivered * 60) / (end - start));
  }

  /** Where periods start: every quarter of an hour, with each new limit, and when the car is full. */
  private cutsUntil(minutes: number): number[] {
    const charged = this.chargedMinutes;
    const cuts = new Set<number>();
    for (let m = 0; m < Math.min(minutes, charged); m += PERIOD_MINUTES) cuts.add(m);
    for (const { from } of this.limits) if (from < Math.min(minutes, charged)) cuts.add(from);
    if (minutes > charged) cuts.add(charged);
    const ascending = [...cuts].sort((a, b) => a - b);
    // Two limits within one second make one period.
    return ascending.filter((cut, n) => n === 0 || cut - (ascending[n - 1] ?? 0) >= 1 / 60);
  }

  private cost(minutes: number): { total: Price; energy: Price; parking: Price | undefined } {
    const components = this.plan.tariff.elements.flatMap((element) => element.price_components);
    const priced = (type: 'ENERGY' | 'PARKING_TIME', quantity: number): number => {
      const component = components.find((candidate) => candidate.type === type);
      return component ? fourDecimals(component.price * quantity) : 0;
    };
    const vat = components[0]?.vat ?? 0;
    const parkedMinutes = Math.max(0, minutes - this.chargedMinutes);
    const energy = priced('ENERGY', this.energyUntil(minutes));
    const parking = priced('PARKING_TIME', parkedMinutes / 60);
    return {
      total: price(fourDecimals(energy + parking), vat),
      energy: price(energy, vat),
      parking: parking > 0 ? price(parking, vat) : undefined,
    };
  }
}

/** The id of a session's CDR. */
export const cdrIdOf = (sessionId: string): string => `CDR-${sessionId}`.slice(0, 36);

const price = (beforeTaxes: number, vat: number): Price => ({
  before_taxes: beforeTaxes,
  taxes: [{ name: 'VAT', percentage: vat, amount: fourDecimals((beforeTaxes * vat) / 100) }],
});
