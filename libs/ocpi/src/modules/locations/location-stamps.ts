import { formatDateTime, parseDateTime } from '../../types/date-time.js';
import { foldId } from '../../types/party.js';
import { type Connector, type Evse, type Location } from './location.js';
import { changedFields, sameValue } from './same-value.js';

/**
 * The Location with the stamps it is to be stored with (LOC-22, LOC-23). What changed gets the stamp it came with
 * when that is newer than the stored one, else `at`; what did not change keeps its stored stamp; a parent is never
 * older than its children, and no stamp ever goes back. `before` undefined: all is new, given stamps stay.
 */
export function restamp(before: Location | undefined, after: Location, at: Date): Location {
  const old = new Map(before?.evses?.map((evse) => [foldId(evse.uid), evse]));
  const evses = after.evses?.map((evse) => restampEvse(old.get(foldId(evse.uid)), evse, at));
  const { evses: oldEvses, ...oldOwn }: Partial<Location> = before ?? {};
  const { evses: newEvses, ...newOwn } = after;
  const isOwnChange = before !== undefined && changedFields(oldOwn, newOwn).length > 0;
  const isFewer = (oldEvses?.length ?? 0) > (newEvses?.length ?? 0);
  return {
    ...after,
    ...(evses && { evses }),
    last_updated: stamp(before?.last_updated, after.last_updated, at, {
      isChanged: isOwnChange || isFewer,
      children: evses ?? [],
    }),
  };
}

function restampEvse(before: Evse | undefined, after: Evse, at: Date): Evse {
  const old = new Map(before?.connectors.map((c) => [foldId(c.id), c]));
  const connectors = after.connectors.map((c) => restampConnector(old.get(foldId(c.id)), c, at));
  const { connectors: oldConnectors = [], ...oldOwn }: Partial<Evse> = before ?? {};
  const { connectors: newConnectors, ...newOwn } = after;
  const isOwnChange = before !== undefined && changedFields(oldOwn, newOwn).length > 0;
  const isFewer = oldConnectors.length > newConnectors.length;
  return {
    ...after,
    connectors,
    last_updated: stamp(before?.last_updated, after.last_updated, at, {
      isChanged: isOwnChange || isFewer,
      children: connectors,
    }),
  };
}

function restampConnector(before: Connector | undefined, after: Connector, at: Date): Connector {
  const isChanged = before !== undefined && !sameValue(before, after);
  return {
    ...after,
    last_updated: stamp(before?.last_updated, after.last_updated, at, { isChanged, children: [] }),
  };
}

interface Reasons {
  isChanged: boolean;
  children: readonly { last_updated: string }[];
}

function stamp(
  stored: string | undefined,
  given: string,
  at: Date,
  { isChanged, children }: Reasons,
): string {
  const own = stored === undefined ? given : isChanged ? newer(stored, given, at) : stored;
  return children.map((child) => child.last_updated).reduce(later, own);
}

const newer = (stored: string, given: string, at: Date): string =>
  instant(given) > instant(stored) ? given : later(stored, formatDateTime(at, '2.3.0'));

const later = (a: string, b: string): string => (instant(b) > instant(a) ? b : a);

const instant = (dateTime: string): number => parseDateTime(dateTime)?.getTime() ?? 0;
