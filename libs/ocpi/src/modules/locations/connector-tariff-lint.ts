import { type FieldError } from '../../types/field-error.js';
import { foldId } from '../../types/party.js';
import { type Tariff, type TariffType } from '../tariffs/tariff.js';
import { type Connector, type Location } from './location.js';

/** The tariff by which each charging profile is paid; one without a type is for all sessions, so it serves the regular one. */
const TYPE_OF_PROFILE = {
  CHEAP: 'PROFILE_CHEAP',
  FAST: 'PROFILE_FAST',
  GREEN: 'PROFILE_GREEN',
  REGULAR: 'REGULAR',
} as const satisfies Record<string, TariffType>;

/**
 * Advice on tariffs among which a driver chooses by charging preferences: a profile that is offered needs a tariff of its
 * own on the connector (TAR-10), and a session that can move between tariffs should meet the same price limits (TAR-13).
 * Tariffs that are not known yet could be any, so their connectors get none. `tariffOf` looks one up by its folded id.
 */
export function lintConnectorTariffs(
  location: Location,
  tariffOf: (tariffKey: string) => Tariff | undefined,
): FieldError[] {
  return (location.evses ?? []).flatMap((evse, e) =>
    evse.capabilities?.includes('CHARGING_PREFERENCES_CAPABLE')
      ? evse.connectors.flatMap((connector, c) => {
          const tariffs = tariffsOf(connector, tariffOf);
          const path = `evses[${e}].connectors[${c}].tariff_ids`;
          return tariffs
            ? [...profileWarnings(path, tariffs), ...limitWarnings(path, tariffs)]
            : [];
        })
      : [],
  );
}

/** Undefined where one of them is unknown. */
function tariffsOf(
  { tariff_ids: ids = [] }: Connector,
  tariffOf: (tariffKey: string) => Tariff | undefined,
): Tariff[] | undefined {
  const tariffs = ids.flatMap((id) => tariffOf(foldId(id)) ?? []);
  return tariffs.length === ids.length ? tariffs : undefined;
}

function profileWarnings(path: string, tariffs: readonly Tariff[]): FieldError[] {
  const types = new Set(tariffs.map(({ type = 'REGULAR' }) => type));
  const without = Object.entries(TYPE_OF_PROFILE).flatMap(([profile, type]) =>
    types.has(type) ? [] : [profile],
  );
  return without.length === 0
    ? []
    : [
        {
          path,
          message: `TAR-10: the EVSE takes charging preferences, and ${without.join(', ')} has no tariff; each profile that is offered needs its own`,
        },
      ];
}

function limitWarnings(path: string, tariffs: readonly Tariff[]): FieldError[] {
  const roaming = tariffs.filter(({ type }) => type !== 'AD_HOC_PAYMENT');
  const limits = new Set(
    roaming.map(({ min_price: min, max_price: max }) =>
      JSON.stringify([min, max].flatMap((limit) => [limit?.before_taxes, limit?.after_taxes])),
    ),
  );
  return limits.size <= 1
    ? []
    : [
        {
          path,
          message:
            'TAR-13: a session can move between these, so their price limits should be the same',
        },
      ];
}
