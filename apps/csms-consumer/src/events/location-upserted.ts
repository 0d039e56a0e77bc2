import { chunksOfDistinct } from '#database';
import {
  checkLocation,
  describeErrors,
  foldId,
  lintConnectorTariffs,
  lintLocation,
  type Location,
  type LocationDiff,
  locationChecker,
} from '#ocpi';
import { locationChange } from '../locations/location-changes.js';
import { groupedBy } from '../locations/grouped-by.js';
import { locationConflict } from '../locations/location-conflicts.js';
import { mergeLocation } from '../locations/merge-location.js';
import { renderLocation } from '../locations/render-location.js';
import {
  lockLocationsByKey,
  placeKey,
  type StoredLocation,
  tariffKeysOf,
} from '../locations/stored-locations.js';
import { type PartyTariffs, readTariffs } from '../locations/tariff-shelves.js';
import { type LocationToWrite, writeLocations } from '../locations/write-locations.js';
import { completeSnapshots } from '../snapshots/complete-snapshots.js';
import { supersededSnapshots } from '../snapshots/superseded-snapshots.js';
import { restateTariffs } from '../tariffs/shared-voltages.js';
import { eventHandler, type EventTransaction } from './event-handler.js';
import { APPLIED, type CheckedEvent, parked, UNCHANGED, type Verdict } from './incoming-event.js';
import { locationParent } from './parent-keys.js';
import { guardOf, isOlder, staleAgainst } from './version-guard.js';

type Upsert = CheckedEvent<Location>;

const MAX_TARIFF_WARNINGS = 20;

export const locationUpserted = eventHandler<Location>({
  tariffs: 'reads',
  checker: locationChecker,
  rules: checkLocation,
  advice: lintLocation,
  handle: async (tx, events) => {
    const verdicts: Verdict[] = [];
    for (const chunk of chunksOfDistinct(events, placeOf))
      verdicts.push(...(await upsert(tx, chunk)));
    await completeSnapshots(tx, 'location', events);
    return verdicts;
  },
});

const placeOf = ({ partyKey, data }: Upsert): string => placeKey(partyKey, foldId(data.id));

/** Every Location at most once. */
async function upsert(tx: EventTransaction, events: readonly Upsert[]): Promise<Verdict[]> {
  const stored = await lockLocationsByKey(
    tx.sql,
    events.map(({ partyKey, data }) => ({ partyKey, locationKey: foldId(data.id) })),
  );
  const tariffs = await readTariffs(
    tx.sql,
    events.flatMap(({ partyKey, data }) =>
      tariffKeysOf(data).map((tariffKey) => ({ partyKey, tariffKey })),
    ),
  );
  const superseded = await supersededSnapshots(tx.sql, 'location', events);
  const plans = events.map((event) => {
    const known = stored.get(placeOf(event));
    const snapshotId = superseded.has(event) ? undefined : event.event.snapshotId;
    return plan(event, known, tariffs.get(event.partyKey) ?? new Map(), tx.now, snapshotId);
  });
  const toWrite = plans.flatMap(({ write }) => write ?? []);
  const written = await writeLocations(tx.sql, toWrite);
  toWrite.forEach((location, index) => {
    const ids = written[index];
    const entry = plans.find(({ write }) => write === location);
    if (ids && entry) entry.log(tx, ids);
  });
  await restateVoltages(tx, toWrite, stored);
  await touch(tx, plans);
  return plans.map(({ verdict }) => verdict);
}

/** A Tariff with current limits looks different on 2.1.1 when its connectors come to share another voltage. */
async function restateVoltages(
  tx: EventTransaction,
  written: readonly LocationToWrite[],
  before: ReadonlyMap<string, StoredLocation>,
): Promise<void> {
  for (const [party, own] of groupedBy(written, ({ partyKey }) => partyKey)) {
    const keys = own.flatMap(({ location }) => {
      const known = before.get(placeKey(party, foldId(location.id)));
      return [...tariffKeysOf(location), ...(known ? tariffKeysOf(known.location) : [])];
    });
    if (keys.length > 0) await restateTariffs(tx, party, [...new Set(keys)]);
  }
}

interface Plan {
  verdict: Verdict;
  write?: LocationToWrite;
  /** Of a Location that stays as it is: its guard and snapshot move. */
  touch?: { id: number; event: Upsert; isOlder: boolean; snapshotId: string | null };
  log: (tx: EventTransaction, written: Parameters<typeof locationChange>[2]) => void;
}

const tariffAdvice = (location: Location, tariffs: PartyTariffs): string[] =>
  lintConnectorTariffs(location, (tariffKey) => tariffs.get(tariffKey)?.tariff)
    .slice(0, MAX_TARIFF_WARNINGS)
    .map((warning) => describeErrors([warning]));

const appliedWith = (warnings: string[]): Verdict =>
  warnings.length > 0 ? { outcome: 'applied', warnings } : APPLIED;

const noLog = (): void => undefined;

function plan(
  event: Upsert,
  stored: StoredLocation | undefined,
  tariffs: PartyTariffs,
  now: Date,
  statedIn: string | undefined,
): Plan {
  const { partyKey, data } = event;
  const snapshotId = statedIn ?? stored?.snapshotId ?? null;
  if (stored && isOlder(event.event, stored)) {
    return {
      verdict: staleAgainst(event.event, stored, `Location ${data.id}`),
      touch: { id: stored.id, event, isOlder: true, snapshotId },
      log: noLog,
    };
  }
  const conflict = locationConflict(stored, data, tariffs);
  if (conflict !== undefined) return { verdict: parked(conflict), log: noLog };
  const merged = mergeLocation(stored, data, event.event, now);
  if (stored && merged.diff.level === 'none' && !stored.removedAt) {
    return {
      verdict: UNCHANGED,
      touch: { id: stored.id, event, isOlder: false, snapshotId },
      log: noLog,
    };
  }
  const { location, evses } = merged;
  const diff: LocationDiff = stored?.isOfOlderRendering
    ? { level: 'location', full: true }
    : merged.diff;
  const write: LocationToWrite = {
    id: stored?.id,
    partyKey,
    location,
    rendered: renderLocation(location, tariffs, now),
    ...guardOf(event.event),
    snapshotId,
    removedAt: null,
    evses,
    touched: new Set(evses.keys()),
  };
  return {
    verdict:
      merged.diff.level === 'none' ? UNCHANGED : appliedWith(tariffAdvice(location, tariffs)),
    write,
    log: (tx, written) => {
      const isPublishFlipped = stored !== undefined && stored.location.publish !== data.publish;
      const { time: eventTime, traceparent = null } = event.event;
      const scope = { partyKey, eventTime, traceparent, isPublishFlipped };
      tx.changes.push(...locationChange(diff, stored === undefined, written, scope));
      tx.released.add(locationParent(partyKey, data.id));
    },
  };
}

async function touch(tx: EventTransaction, plans: readonly Plan[]): Promise<void> {
  const list = plans.flatMap((entry) => entry.touch ?? []);
  if (list.length === 0) return;
  await tx.sql.query(
    `UPDATE location l SET snapshot_id = v.snapshot_id,
            guard_time = CASE WHEN v.older THEN l.guard_time ELSE v.time END,
            guard_sequence = CASE WHEN v.older THEN l.guard_sequence ELSE v.sequence END
       FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::timestamptz[], $5::bigint[])
         AS v(id, snapshot_id, older, time, sequence) WHERE l.id = v.id`,
    [
      list.map(({ id }) => id),
      list.map(({ snapshotId }) => snapshotId),
      list.map((entry) => entry.isOlder),
      list.map(({ event }) => event.event.time),
      list.map(({ event }) => event.event.sequence ?? null),
    ],
  );
}
