import { type FieldError } from '../../types/field-error.js';
import { foldId } from '../../types/party.js';
import { energyMixFaults } from './energy-mix-rules.js';
import { evseFaults } from './evse-rules.js';
import { hoursFaults } from './hours-rules.js';
import { type Location, type PublishTokenType } from './location.js';

/**
 * Everything a Location that fits the schema may still have wrong; a Location with faults is refused at entry and
 * never sent (LOC-36, 41 to 43, 46, 57, 65, 72, 73, 75, 80). Empty: accepted.
 */
export function checkLocation(location: Location): FieldError[] {
  return [
    ...publishFaults(location),
    ...timeZoneFaults(location.time_zone),
    ...pointFaults('coordinates', location.coordinates),
    ...(location.related_locations ?? []).flatMap((point, i) =>
      pointFaults(`related_locations[${i}]`, point),
    ),
    ...(location.opening_times ? hoursFaults('opening_times', location.opening_times) : []),
    ...(location.energy_mix ? energyMixFaults('energy_mix', location.energy_mix) : []),
    ...duplicates(
      'parking_places',
      'id',
      location.parking_places?.map((place) => place.id),
    ),
    ...duplicates(
      'evses',
      'uid',
      location.evses?.map((evse) => evse.uid),
    ),
    ...(location.evses ?? []).flatMap((evse, i) => [
      ...(evse.coordinates ? pointFaults(`evses[${i}].coordinates`, evse.coordinates) : []),
      ...duplicates(
        `evses[${i}].connectors`,
        'id',
        evse.connectors.map((c) => c.id),
      ),
      ...evseFaults(`evses[${i}]`, evse, location),
    ]),
  ];
}

/** Who may see what is not published (LOC-35, LOC-36). */
function publishFaults(location: Location): FieldError[] {
  const allowed = location.publish_allowed_to ?? [];
  if (location.publish && allowed.length > 0) {
    return [{ path: 'publish_allowed_to', message: 'only together with publish false' }];
  }
  return allowed.flatMap((token, i) =>
    tokenFaults(token).map((message) => ({ path: `publish_allowed_to[${i}]`, message })),
  );
}

function tokenFaults(token: PublishTokenType): string[] {
  const faults: string[] = [];
  const { uid, type, visual_number, issuer, group_id } = token;
  if (uid === undefined && visual_number === undefined && group_id === undefined) {
    faults.push('one of uid, visual_number and group_id is required');
  }
  if (uid !== undefined && type === undefined) faults.push('uid needs type');
  if (visual_number !== undefined && issuer === undefined)
    faults.push('visual_number needs issuer');
  return faults;
}

const knownZones = new Map<string, boolean>();

/** The time zone must be one the tz database knows, by its IANA name (LOC-41). */
function timeZoneFaults(name: string): FieldError[] {
  let known = knownZones.get(name);
  if (known === undefined) {
    known = /^[A-Za-z]/.test(name) && isTimeZone(name); // Intl also takes offsets such as +01:00
    if (knownZones.size < 1_000) knownZones.set(name, known);
  }
  return known ? [] : [{ path: 'time_zone', message: 'not a name of the tz database' }];
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function pointFaults(path: string, point: { latitude: string; longitude: string }): FieldError[] {
  const faults: FieldError[] = [];
  if (Math.abs(Number(point.latitude)) > 90) {
    faults.push({ path: `${path}.latitude`, message: 'outside -90 to 90' });
  }
  if (Math.abs(Number(point.longitude)) > 180) {
    faults.push({ path: `${path}.longitude`, message: 'outside -180 to 180' });
  }
  return faults;
}

/** Ids that differ in case only are the same id (LOC-08, LOC-57). */
function duplicates(path: string, key: string, ids: readonly string[] = []): FieldError[] {
  const seen = new Set<string>();
  return ids.flatMap((id, i) => {
    const folded = foldId(id);
    if (seen.has(folded)) return [{ path: `${path}[${i}].${key}`, message: `${id} is used twice` }];
    seen.add(folded);
    return [];
  });
}
