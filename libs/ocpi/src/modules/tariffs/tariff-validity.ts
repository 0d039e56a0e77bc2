import { parseDateTime } from '../../types/date-time.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type Tariff } from './tariff.js';

/** From `start_date_time` inclusive to `end_date_time` exclusive; absent means open (TAR-42). */
export function validAt(tariff: Tariff, at: Date): boolean {
  const { start_date_time, end_date_time } = tariff;
  const start = start_date_time && parseDateTime(start_date_time);
  const end = end_date_time && parseDateTime(end_date_time);
  return (!start || start <= at) && (!end || at < end);
}

/**
 * Whether partners on the version may hear of the tariff at that instant. 2.1.1 knows neither types nor validity: there
 * only REGULAR and untyped tariffs, while they are valid (TAR-43). Whether it can be expressed is encodeTariff's answer.
 */
export const tariffVisible = (version: OcpiVersion, tariff: Tariff, at: Date): boolean =>
  version !== '2.1.1' ||
  ((tariff.type === undefined || tariff.type === 'REGULAR') && validAt(tariff, at));

/** The one tariff 2.1.1 may name: valid at that instant, REGULAR before untyped (LOC-52). */
export function regularTariffAt(tariffs: readonly Tariff[], at: Date): Tariff | undefined {
  const valid = tariffs.filter((tariff) => validAt(tariff, at));
  return (
    valid.find(({ type }) => type === 'REGULAR') ?? valid.find(({ type }) => type === undefined)
  );
}
