import {
  type ActiveChargingProfile,
  type ChargingProfile,
  type ChargingRateUnit,
  type Connector,
} from '#ocpi';

interface PartnerProfile {
  number: number;
  profile: ChargingProfile;
}

/** What holds a charging car back: a partner's profile and the operator's own limit. The lowest counts. */
export class PowerLimits {
  /** In watts, of the operator. */
  ownLimit: number | undefined;
  private partner: PartnerProfile | undefined;

  constructor(
    private readonly connector: Connector,
    private readonly chargingSince: Date,
  ) {}

  /** The next profile replaces the one before, whatever its number: there is one per transaction. */
  set(number: number, profile: ChargingProfile): void {
    this.partner = { number, profile };
  }

  /** False when this profile is not there. */
  clear(number: number): boolean {
    if (this.partner?.number !== number) return false;
    this.partner = undefined;
    return true;
  }

  get isLimited(): boolean {
    return this.partner !== undefined || this.ownLimit !== undefined;
  }

  /** The ceiling at a moment; never above what the connector can do. */
  wattsAt(at: Date): number {
    return Math.min(this.maximum, this.ownLimit ?? Infinity, this.partnerWattsAt(at) ?? Infinity);
  }

  /** What the EVSE plans for the next `seconds`, in the unit of the partner's profile. */
  composite(seconds: number, at: Date): ActiveChargingProfile {
    const unit: ChargingRateUnit = this.partner?.profile.charging_rate_unit ?? 'W';
    const steps = [0, ...this.stepsWithin(seconds, at)].map((offset) => ({
      start_period: offset,
      limit: this.inUnit(this.wattsAt(new Date(at.getTime() + offset * 1000)), unit),
    }));
    return {
      start_date_time: at.toISOString(),
      charging_profile: {
        duration: seconds,
        charging_rate_unit: unit,
        charging_profile_period: steps.filter(
          ({ limit }, index) => index === 0 || limit !== steps[index - 1]?.limit,
        ),
      },
    };
  }

  /** Whether the plan lets through less than the partner asked for in the next `seconds`. */
  isBelowAsked(seconds: number, at: Date): boolean {
    return [0, ...this.stepsWithin(seconds, at)].some((offset) => {
      const then = new Date(at.getTime() + offset * 1000);
      return this.wattsAt(then) < (this.partnerWattsAt(then) ?? 0) - 1;
    });
  }

  private get maximum(): number {
    const { max_electric_power: power, max_amperage: amperes } = this.connector;
    return power ?? amperes * this.wattsPerAmpere;
  }

  /** Amperes are per phase (CHP-20). */
  private get wattsPerAmpere(): number {
    const { power_type: type, max_voltage: volts } = this.connector;
    return type === 'AC_3_PHASE' ? volts * 3 : type.startsWith('AC_2') ? volts * 2 : volts;
  }

  private get profileStart(): number {
    const given = this.partner?.profile.start_date_time;
    return given === undefined ? this.chargingSince.getTime() : Date.parse(given);
  }

  private partnerWattsAt(at: Date): number | undefined {
    if (!this.partner) return undefined;
    const { profile } = this.partner;
    const elapsed = (at.getTime() - this.profileStart) / 1000;
    if (elapsed < 0 || elapsed >= (profile.duration ?? Infinity)) return undefined;
    const limit = profile.charging_profile_period.findLast((p) => p.start_period <= elapsed)?.limit;
    if (limit === undefined) return undefined;
    return profile.charging_rate_unit === 'W' ? limit : limit * this.wattsPerAmpere;
  }

  private stepsWithin(seconds: number, at: Date): number[] {
    const profile = this.partner?.profile;
    if (!profile) return [];
    const ends = profile.duration === undefined ? [] : [profile.duration];
    return [...profile.charging_profile_period.map((period) => period.start_period), ...ends]
      .map((step) => Math.ceil((this.profileStart - at.getTime()) / 1000 + step))
      .filter((offset) => offset > 0 && offset < seconds);
  }

  private inUnit(watts: number, unit: ChargingRateUnit): number {
    return Math.floor((unit === 'W' ? watts : watts / this.wattsPerAmpere) * 10) / 10;
  }
}
