import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type LocationView, type WireObject } from './location-view.js';

export type LocationLevel = 'location' | 'evse' | 'connector';

/** Fields 2.3.0 has and both older versions lack; what their codecs make of them is in the tables below. */
const SINCE_V230: Record<LocationLevel, readonly string[]> = {
  location: ['parking_places', 'help_phone'],
  evse: ['parking', 'accepted_service_providers'],
  connector: ['capabilities'],
};

const LACKING_IN_V211: Record<LocationLevel, readonly string[]> = {
  location: ['country_code', 'party_id', 'publish', 'publish_allowed_to', 'state'],
  evse: [],
  connector: [],
};

const RENAMED_IN_V211: Record<LocationLevel, Readonly<Record<string, readonly string[]>>> = {
  location: { parking_type: ['type'] },
  evse: {},
  connector: {
    power_type: ['power_type', 'amperage'],
    max_voltage: ['voltage', 'amperage'],
    max_amperage: ['amperage'],
    max_electric_power: ['amperage'],
    tariff_ids: ['tariff_id'],
  },
};

/** Every documented field of an object, as the version names it. */
export const LOCATION_FIELDS: Record<LocationLevel, readonly string[]> = {
  location: (
    'country_code party_id id publish publish_allowed_to name address city postal_code state country coordinates ' +
    'related_locations parking_type evses parking_places directions operator suboperator owner facilities time_zone ' +
    'opening_times charging_when_closed images energy_mix help_phone last_updated'
  ).split(' '),
  evse: (
    'uid evse_id status status_schedule capabilities connectors floor_level coordinates physical_reference ' +
    'directions parking_restrictions parking images accepted_service_providers last_updated'
  ).split(' '),
  connector: (
    'id standard format power_type max_voltage max_amperage max_electric_power tariff_ids terms_and_conditions ' +
    'capabilities last_updated'
  ).split(' '),
};

/**
 * The wire keys that a change of canonical fields touches in a version; empty: the change cannot be seen there, and
 * nothing is pushed (G5). With a view, fields its partner is not shown do not count. Fields nobody documents exist from 2.3.0 on only (TRN-51).
 */
export function locationFieldsOnWire(
  version: OcpiVersion,
  level: LocationLevel,
  canonicalFields: readonly string[],
  view?: Pick<LocationView, 'parkingPlaces' | 'acceptedServiceProviders'>,
): string[] {
  const keys = new Set<string>();
  for (const field of canonicalFields) {
    if (view && isSwitchedOff(field, view)) continue;
    for (const key of keysOf(version, level, field)) keys.add(key);
  }
  return [...keys];
}

function isSwitchedOff(
  field: string,
  view: Pick<LocationView, 'parkingPlaces' | 'acceptedServiceProviders'>,
): boolean {
  if (field === 'parking_places' || field === 'parking') return !view.parkingPlaces;
  return field === 'accepted_service_providers' && !view.acceptedServiceProviders;
}

function keysOf(version: OcpiVersion, level: LocationLevel, field: string): readonly string[] {
  if (version === '2.3.0') return [field];
  if (!LOCATION_FIELDS[level].includes(field) || SINCE_V230[level].includes(field)) return [];
  if (version === '2.2.1') return [field];
  if (LACKING_IN_V211[level].includes(field)) return [];
  return RENAMED_IN_V211[level][field] ?? [field];
}

/** What to send to tell a change: the fields of a PATCH, or that only a PUT of the object can say it. */
export type LocationUpdate =
  { method: 'PATCH'; body: WireObject } | { method: 'PUT'; body: WireObject };

/**
 * How a changed object is told: undefined when the version does not show the change (G5); PATCH with the changed keys
 * and `last_updated` (LOC-17, LOC-18); PUT of the whole when something was taken away, in canonical form (`removes`)
 * or only in this version's (a changed key that the encoded object lacks, LOC-19).
 */
export function locationUpdate(
  version: OcpiVersion,
  change: { level: LocationLevel; fields: readonly string[]; removes: boolean; created: boolean },
  encoded: WireObject,
  view?: Pick<LocationView, 'parkingPlaces' | 'acceptedServiceProviders'>,
): LocationUpdate | undefined {
  const keys = locationFieldsOnWire(version, change.level, change.fields, view).filter(
    (key) => key !== 'last_updated',
  );
  if (keys.length === 0) return undefined;
  if (change.created || change.removes || keys.some((key) => encoded[key] === undefined)) {
    return { method: 'PUT', body: encoded };
  }
  const body = Object.fromEntries([...keys, 'last_updated'].map((key) => [key, encoded[key]]));
  return { method: 'PATCH', body };
}
