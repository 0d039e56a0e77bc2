import { type OcpiVersion } from '../../types/ocpi-version.js';
import { foldId } from '../../types/party.js';
import { type TariffShelf } from '../locations/location-view.js';
import { encodeTariff } from './encode-tariff.js';
import { type Tariff } from './tariff.js';
import { regularTariffAt, tariffVisible } from './tariff-validity.js';
import { type TariffView } from './tariff-view.js';

/**
 * What Connectors may name of one party's tariffs on a version (G7): those visible at `at` that the version can express.
 * For 2.1.1's single `tariff_id` the instant is the one asked about, not `at`.
 */
export function tariffShelf(
  version: OcpiVersion,
  tariffs: readonly Tariff[],
  viewOf: (tariff: Tariff) => TariffView,
  at: Date,
): TariffShelf {
  const shown = new Map(
    tariffs
      .filter((tariff) => 'wire' in encodeTariff(version, tariff, viewOf(tariff)))
      .map((tariff) => [foldId(tariff.id), tariff]),
  );
  return {
    visible(tariffId) {
      const tariff = shown.get(foldId(tariffId));
      return tariff !== undefined && tariffVisible(version, tariff, at);
    },
    regularAt(tariffIds, instant) {
      const named = tariffIds.flatMap((id) => shown.get(foldId(id)) ?? []);
      return regularTariffAt(named, instant)?.id;
    },
  };
}
