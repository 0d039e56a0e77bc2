import { foldId } from '../../types/party.js';
import { type Connector, type Evse, type Location } from './location.js';
import { isShownEverywhere, olderParkingRestrictions } from './older-location-values.js';
import { changedFields, isTakenAway, sameValue } from './same-value.js';

/** One node changed, and nothing outside of it. */
export interface NodeChange {
  full: false;
  level: 'location' | 'evse' | 'connector';
  evseUid?: string;
  connectorId?: string;
  /** Canonical fields that changed; for a created node all it has. */
  fields: string[];
  /** Something went away: only a PUT of the node can say so (LOC-19). */
  removes: boolean;
  /** The node is new: PUT. */
  created: boolean;
}

/** The smallest level that covers a change (LOC-21): nothing, one node, or the whole Location. */
export type LocationDiff =
  { level: 'none'; full: false } | NodeChange | { level: 'location'; full: true };

const NONE: LocationDiff = { level: 'none', full: false };
const WHOLE: LocationDiff = { level: 'location', full: true };

/**
 * Compares two states of a Location, timestamps apart. Whole Location: it is new, several nodes changed, an EVSE is
 * missing, its publication changed (older versions withhold what is not published), or parking places changed in a
 * way that older versions show as parking restrictions of EVSEs (T2).
 */
export function diffLocation(before: Location | undefined, after: Location): LocationDiff {
  if (!before) return WHOLE;
  const { evses: oldEvses = [], ...oldOwn } = before;
  const { evses: newEvses = [], ...newOwn } = after;
  const fields = changedFields(oldOwn, newOwn);
  const old = new Map(oldEvses.map((evse) => [foldId(evse.uid), evse]));
  const current = new Set(newEvses.map((evse) => foldId(evse.uid)));
  if (oldEvses.some((evse) => !current.has(foldId(evse.uid)))) return WHOLE;
  const evseChanges = newEvses.flatMap((evse) => {
    const change = diffEvse(old.get(foldId(evse.uid)), evse, before, after);
    return change.level === 'none' ? [] : [change];
  });

  const [only, ...others] = evseChanges;
  if (fields.length === 0) return others.length > 0 ? WHOLE : (only ?? NONE);
  if (only || fields.includes('publish') || restrictionsChange(before, after)) return WHOLE;
  return {
    full: false,
    level: 'location',
    fields,
    removes: isAnyTakenAway(fields, before, after),
    created: false,
  };
}

function diffEvse(
  before: Evse | undefined,
  after: Evse,
  oldSite: Location,
  newSite: Location,
): LocationDiff {
  const node = { full: false, level: 'evse', evseUid: after.uid } as const;
  if (!before) return { ...node, fields: Object.keys(after), removes: false, created: true };

  const { connectors: oldConnectors, ...oldOwn } = before;
  const { connectors, ...newOwn } = after;
  const fields = changedFields(oldOwn, newOwn);
  const changed = connectorChanges(oldConnectors, connectors);
  if (fields.length === 0 && changed.length === 0) return NONE;
  const [only, ...others] = changed;
  if (fields.length === 0 && only && others.length === 0 && isConnectorLevel(only, oldConnectors)) {
    return connectorChange(after.uid, only.before, only.after);
  }
  let removes = changed.length > 0 || isAnyTakenAway(fields, before, after);
  if (fields.includes('parking')) {
    const restrictions = olderParkingRestrictions(before, oldSite);
    const restrictionsNow = olderParkingRestrictions(after, newSite);
    if (!sameValue(restrictions, restrictionsNow)) {
      if (!fields.includes('parking_restrictions')) fields.push('parking_restrictions');
      removes ||= restrictionsNow.length === 0;
    }
  }
  if (changed.length > 0) fields.push('connectors');
  return { ...node, fields, removes, created: false };
}

interface ConnectorPair {
  before: Connector | undefined;
  after: Connector | undefined;
}

function connectorChanges(
  before: readonly Connector[],
  after: readonly Connector[],
): ConnectorPair[] {
  const pairs = new Map<string, ConnectorPair>(
    before.map((connector) => [foldId(connector.id), { before: connector, after: undefined }]),
  );
  for (const connector of after) {
    const key = foldId(connector.id);
    pairs.set(key, { before: pairs.get(key)?.before, after: connector });
  }
  return [...pairs.values()].filter((pair) => !sameValue(pair.before, pair.after));
}

/**
 * A connector pushed alone needs its EVSE at the partner, which older versions withhold while they can show none of
 * its connectors; another standard may show or hide it. In doubt the EVSE goes.
 */
function isConnectorLevel(
  pair: ConnectorPair,
  siblings: readonly Connector[],
): pair is { before: Connector | undefined; after: Connector } {
  if (!pair.after) return false;
  return pair.before
    ? pair.before.standard === pair.after.standard
    : siblings.some((sibling) => isShownEverywhere(sibling));
}

function connectorChange(
  evseUid: string,
  before: Connector | undefined,
  after: Connector,
): NodeChange {
  const fields = before ? changedFields(before, after) : Object.keys(after);
  return {
    full: false,
    level: 'connector',
    evseUid,
    connectorId: after.id,
    fields,
    removes: before !== undefined && isAnyTakenAway(fields, before, after),
    created: !before,
  };
}

function isAnyTakenAway(fields: readonly string[], before: object, after: object): boolean {
  const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return fields.some((field) => isTakenAway(a[field], b[field]));
}

/** Does a change of parking places show as a change of EVSEs before 2.3.0? */
function restrictionsChange(before: Location, after: Location): boolean {
  if (sameValue(before.parking_places, after.parking_places)) return false;
  return (after.evses ?? []).some(
    (evse) =>
      !sameValue(olderParkingRestrictions(evse, before), olderParkingRestrictions(evse, after)),
  );
}
