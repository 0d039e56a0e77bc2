import {
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
  /** Minutes that energy flows, and minutes the full car then stays plugged in. */
  chargingMinutes: number;
  parkingMinutes: number;
}

const PERIOD_MINUTES = 15;
const MINUTE_MS = 60_000;

/**
 * One visit of a car, as a CSMS would report it: a curve that tapers off, a period per quarter of an hour, parking at
 * the end, and the CDR. Minutes are the session's own; it starts that long before `endsAt`, so nothing lies in the future.
 */
export class ChargingSession {
  private readonly startedAt: Date;
  private readonly totalMinutes: number;

  constructor(
    readonly plan: SessionPlan,
    endsAt: Date,
  ) {
    this.totalMinutes = plan.chargingMinutes + plan.parkingMinutes;
    this.startedAt = new Date(
      Math.floor((endsAt.getTime() - this.totalMinutes * MINUTE_MS) / 1000) * 1000,
    );
  }

  /** The Session after `minutes` of its own time; `at` is when the CSMS says so. */
  session(minutes: number, at: Date): Session {
    const over = minutes >= this.totalMinutes;
    const { location, evse, connector, tariff, token, id } = this.plan;
    return {
      country_code: location.country_code,
      party_id: location.party_id,
      id,
      start_date_time: this.startedAt.toISOString(),
      ...(over && { end_date_time: this.instant(this.totalMinutes).toISOString() }),
      kwh: this.energyUntil(minutes),
      cdr_token: token,
      auth_method: 'WHITELIST',
      location_id: location.id,
      evse_uid: evse.uid,
      connector_id: connector.id,
      meter_id: `meter-${evse.uid}`,
      currency: tariff.currency,
      ...(minutes > 0 && { charging_periods: this.periods(minutes) }),
      total_cost: this.cost(minutes).total,
      status: over ? 'COMPLETED' : 'ACTIVE',
      last_updated: at.toISOString(),
    };
  }

  /** The finished record; `at` is when it was made. */
  cdr(at: Date): Cdr {
    const { location, evse, connector, tariff, token, id } = this.plan;
    const { total, energy, parking } = this.cost(this.totalMinutes);
    return {
      country_code: location.country_code,
      party_id: location.party_id,
      id: `CDR-${id}`.slice(0, 36),
      start_date_time: this.startedAt.toISOString(),
      end_date_time: this.instant(this.totalMinutes).toISOString(),
      session_id: id,
      cdr_token: token,
      auth_method: 'WHITELIST',
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
      charging_periods: this.periods(this.totalMinutes),
      total_cost: total,
      total_energy: this.energyUntil(this.totalMinutes),
      total_energy_cost: energy,
      total_time: fourDecimals(this.totalMinutes / 60),
      total_parking_time: fourDecimals(this.plan.parkingMinutes / 60),
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

  /** kWh delivered: full power for two thirds of the time, then falling to a fifth. */
  private energyUntil(minutes: number): number {
    const { connector, chargingMinutes } = this.plan;
    const kilowatts = ((connector.max_electric_power ?? 11000) / 1000) * 0.9;
    const charged = Math.min(minutes, chargingMinutes);
    const knee = (chargingMinutes * 2) / 3;
    const flat = Math.min(charged, knee);
    const tail = charged - flat;
    const tailLength = chargingMinutes - knee;
    const tailMean = tailLength === 0 ? 0 : 1 - (0.4 * tail) / tailLength;
    return fourDecimals((kilowatts * (flat + tail * tailMean)) / 60);
  }

  private periods(minutes: number): ChargingPeriod[] {
    const { chargingMinutes, tariff } = this.plan;
    const starts: number[] = [];
    for (let m = 0; m < Math.min(minutes, chargingMinutes); m += PERIOD_MINUTES) starts.push(m);
    if (minutes > chargingMinutes) starts.push(chargingMinutes);
    return starts.map((start, index) => {
      const end = Math.min(starts[index + 1] ?? minutes, minutes);
      const energy = fourDecimals(this.energyUntil(end) - this.energyUntil(start));
      return {
        start_date_time: this.instant(start).toISOString(),
        dimensions: [
          ...(start < chargingMinutes ? [{ type: 'ENERGY' as const, volume: energy }] : []),
          {
            type: start < chargingMinutes ? ('TIME' as const) : ('PARKING_TIME' as const),
            volume: fourDecimals((end - start) / 60),
          },
        ],
        tariff_id: tariff.id,
      };
    });
  }

  private cost(minutes: number): { total: Price; energy: Price; parking: Price | undefined } {
    const components = this.plan.tariff.elements.flatMap((element) => element.price_components);
    const priced = (type: 'ENERGY' | 'PARKING_TIME', quantity: number): number => {
      const component = components.find((candidate) => candidate.type === type);
      return component ? fourDecimals(component.price * quantity) : 0;
    };
    const vat = components[0]?.vat ?? 0;
    const parkedMinutes = Math.max(0, minutes - this.plan.chargingMinutes);
    const energy = priced('ENERGY', this.energyUntil(minutes));
    const parking = priced('PARKING_TIME', parkedMinutes / 60);
    return {
      total: price(fourDecimals(energy + parking), vat),
      energy: price(energy, vat),
      parking: parking > 0 ? price(parking, vat) : undefined,
    };
  }
}

const price = (beforeTaxes: number, vat: number): Price => ({
  before_taxes: beforeTaxes,
  taxes: [{ name: 'VAT', percentage: vat, amount: fourDecimals((beforeTaxes * vat) / 100) }],
});
