import { type ActiveChargingProfile, type ChargingProfile, parseDateTime } from '#ocpi';
import {
  type ConnectorRating,
  convertChargingProfile,
  maximumRate,
} from './convert-charging-profile.js';

/** Stations round to seconds, and begin to compute a little after they are asked. */
const NEGLECTED_SECONDS = 10;
/** What is lost by rounding limits, twice in another unit. */
const NEGLECTED_RATE = 0.2;
const NEGLECTED_SHARE = 0.01;

/** A profile on the clock. */
interface Course {
  startMs: number;
  endMs: number;
  periods: ChargingProfile['charging_profile_period'];
}

/**
 * Does the station plan something else than was asked (CHP-30)? What is above the connector's maximum is meant as that
 * maximum. `chargingSince`: the zero point of a profile that names no start (CHP-18).
 */
export function plansOtherwise(
  asked: ChargingProfile,
  chargingSince: string,
  active: ActiveChargingProfile,
  connector: ConnectorRating,
): boolean {
  const unit = active.charging_profile.charging_rate_unit;
  const inItsUnit = convertChargingProfile(asked, unit, connector);
  if (!inItsUnit) return true;
  const wanted = course(inItsUnit, asked.start_date_time ?? chargingSince);
  const planned = course(active.charging_profile, active.start_date_time);
  const most = maximumRate(connector, unit);
  return momentsOf(planned, wanted).some((atMs) => {
    const limit = Math.min(limitAt(planned, atMs) ?? most, most);
    const expected = Math.min(limitAt(wanted, atMs) ?? most, most);
    return Math.abs(limit - expected) > Math.max(NEGLECTED_RATE, expected * NEGLECTED_SHARE);
  });
}

function course(profile: ChargingProfile, start: string): Course {
  const startMs = parseDateTime(start)?.getTime() ?? 0;
  const { duration, charging_profile_period: periods } = profile;
  const endMs = duration === undefined ? Infinity : startMs + duration * 1000;
  return { startMs, endMs, periods };
}

/** One moment within each stretch of the plan in which neither changes its limit. */
function momentsOf(planned: Course, wanted: Course): number[] {
  const changes = [planned, wanted].flatMap(({ startMs, endMs, periods }) => [
    ...periods.map(({ start_period }) => startMs + start_period * 1000),
    ...(Number.isFinite(endMs) ? [endMs] : []),
  ]);
  const inside = [...new Set(changes)]
    .filter((atMs) => atMs >= planned.startMs && atMs <= planned.endMs)
    .sort((a, b) => a - b);
  if (!Number.isFinite(planned.endMs)) inside.push((inside.at(-1) ?? planned.startMs) + 3600_000);
  return inside.flatMap((atMs, index) => {
    const next = inside[index + 1];
    return next === undefined || next - atMs < NEGLECTED_SECONDS * 1000 ? [] : [(atMs + next) / 2];
  });
}

const limitAt = ({ startMs, endMs, periods }: Course, atMs: number): number | undefined =>
  atMs < startMs || atMs >= endMs
    ? undefined
    : periods.findLast(({ start_period }) => startMs + start_period * 1000 <= atMs)?.limit;
