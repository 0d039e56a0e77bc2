import Big from 'big.js';
import { parseDateTime } from '../../types/date-time.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { foldId } from '../../types/party.js';
import { isNothing, isObject, type JsonObject } from './same-value.js';
import {
  LOCATION_FIELDS,
  type LocationLevel,
  locationFieldsOnWire,
} from './location-wire-fields.js';

const documented = new Map<string, readonly string[]>();

/** The fields a partner's copy may hold because a version documents them; anything else there is its own (LOC-64). */
function documentedFields(version: OcpiVersion, level: LocationLevel): readonly string[] {
  const key = `${version} ${level}`;
  let fields = documented.get(key);
  if (!fields) {
    fields = locationFieldsOnWire(version, level, LOCATION_FIELDS[level]);
    documented.set(key, fields);
  }
  return fields;
}

/**
 * Does a partner's copy say what ours says (LOC-24)? Fields nobody documents do not count; null, `[]` and absence are
 * one; numbers and coordinates compare by value, DateTimes by the second, ids and lists of names without order or
 * case of ids. What the copy still has and ours no longer has is a difference (LOC-16).
 */
export function sameOnWire(
  version: OcpiVersion,
  level: LocationLevel,
  ours: unknown,
  theirs: unknown,
): boolean {
  if (!isObject(ours) || !isObject(theirs)) return false;
  const fields = new Set([...documentedFields(version, level), ...Object.keys(ours)]);
  return [...fields].every((key) => sameField(version, key, ours[key], theirs[key]));
}

function sameField(version: OcpiVersion, key: string, ours: unknown, theirs: unknown): boolean {
  if (key === 'evses') return sameNodes(version, 'evse', 'uid', ours, theirs);
  if (key === 'connectors') return sameNodes(version, 'connector', 'id', ours, theirs);
  // Absent means true (LOC-45): a partner may have written the default out.
  if (key === 'charging_when_closed') return (ours ?? true) === (theirs ?? true);
  return same(key, ours, theirs);
}

function sameNodes(
  version: OcpiVersion,
  level: LocationLevel,
  idField: 'uid' | 'id',
  ours: unknown,
  theirs: unknown,
): boolean {
  if (isNothing(ours) && isNothing(theirs)) return true;
  if (!Array.isArray(ours) || !Array.isArray(theirs) || ours.length !== theirs.length) return false;
  const idOf = (node: unknown) => (isObject(node) ? foldId(String(node[idField])) : '');
  const byId = new Map(theirs.map((node: unknown) => [idOf(node), node]));
  return ours.every((node: unknown) => sameOnWire(version, level, node, byId.get(idOf(node))));
}

const IDS: readonly string[] = ['id', 'uid', 'country_code', 'party_id', 'tariff_id', 'parking_id'];

function same(key: string, ours: unknown, theirs: unknown): boolean {
  if (ours === theirs || (isNothing(ours) && isNothing(theirs))) return true;
  if (typeof ours === 'number') return sameNumber(ours, theirs);
  if (typeof ours === 'string' && typeof theirs === 'string') return sameText(key, ours, theirs);
  if (Array.isArray(ours) && Array.isArray(theirs)) return sameList(key, ours, theirs);
  if (isObject(ours) && isObject(theirs)) return sameObject(ours, theirs);
  return false;
}

/** Four decimals is all a number of OCPI has; a partner that quotes numbers still holds the same one. */
function sameNumber(ours: number, theirs: unknown, precision = 0.000_1): boolean {
  if (typeof theirs !== 'number' && typeof theirs !== 'string') return false;
  if (theirs === '' || !Number.isFinite(Number(theirs))) return false;
  return new Big(ours)
    .minus(Number(theirs))
    .abs()
    .lt(precision / 2);
}

function sameText(key: string, ours: string, theirs: string): boolean {
  if (key === 'latitude' || key === 'longitude') return sameNumber(Number(ours), theirs, 0.000_001);
  if (IDS.includes(key)) return foldId(ours) === foldId(theirs);
  const [a, b] = [parseDateTime(ours), parseDateTime(theirs)];
  return a && b ? Math.floor(a.getTime() / 1000) === Math.floor(b.getTime() / 1000) : false;
}

/** Lists of names have no order; lists of objects keep theirs. */
function sameList(key: string, ours: readonly unknown[], theirs: readonly unknown[]): boolean {
  if (ours.length !== theirs.length) return false;
  if (ours.every((item) => typeof item === 'string')) {
    const form = key === 'tariff_ids' ? (item: unknown) => foldId(String(item)) : String;
    const [a, b] = [ours.map(form).sort(), theirs.map(form).sort()];
    return a.every((item, i) => item === b[i]);
  }
  return ours.every((item, i) => same(key, item, theirs[i]));
}

/** Optional fields of the small classes; one that we took away must not linger at the partner. */
const OPTIONAL_INSIDE = (
  'website logo thumbnail width height name regular_hours exceptional_openings exceptional_closings energy_sources ' +
  'environ_impact supplier_name energy_product_name period_end evse_position uid type visual_number issuer group_id'
).split(' ');

/** Inside the small classes extra fields of the partner do not count either. */
const sameObject = (ours: JsonObject, theirs: JsonObject): boolean =>
  Object.keys(ours).every((key) => same(key, ours[key], theirs[key])) &&
  OPTIONAL_INSIDE.every((key) => !isNothing(ours[key]) || isNothing(theirs[key]));
