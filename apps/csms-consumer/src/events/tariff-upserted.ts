import { rowsOf } from '#change-log';
import { chunksOfDistinct } from '#database';
import {
  checkTariff,
  foldId,
  formatDateTime,
  lintTariff,
  OCPI_VERSIONS,
  type OcpiVersion,
  parseDateTime,
  type Tariff,
  tariffChecker,
} from '#ocpi';
import { isDeepStrictEqual } from 'node:util';
import { groupedBy } from '../locations/grouped-by.js';
import { type KnownTariff, shelfFor } from '../locations/tariff-shelves.js';
import { completeSnapshots } from '../snapshots/complete-snapshots.js';
import { supersededSnapshots } from '../snapshots/superseded-snapshots.js';
import { refreshLocations } from '../tariffs/refresh-locations.js';
import { settleVoltages } from '../tariffs/shared-voltages.js';
import { lockTariffsByKey, type StoredTariff } from '../tariffs/stored-tariffs.js';
import { eventHandler, type EventTransaction } from './event-handler.js';
import { APPLIED, type CheckedEvent, parked, UNCHANGED, type Verdict } from './incoming-event.js';
import { isOlder, staleAgainst } from './version-guard.js';

type Upsert = CheckedEvent<Tariff>;
const keyOf = ({ partyKey, data }: Upsert): string => `${partyKey}/${foldId(data.id)}`;

export const tariffUpserted = eventHandler<Tariff>({
  tariffs: 'writes',
  checker: tariffChecker,
  rules: checkTariff,
  advice: lintTariff,
  handle: async (tx, events) => {
    const verdicts: Verdict[] = [];
    for (const chunk of chunksOfDistinct(events, keyOf))
      verdicts.push(...(await upsert(tx, chunk)));
    await completeSnapshots(tx, 'tariff', events);
    return verdicts;
  },
});

interface Plan {
  event: Upsert;
  stored: StoredTariff | undefined;
  verdict: Verdict;
  /** What is stored from now on; of an older or equal statement, what was. */
  body: Tariff;
  snapshotId: string | null;
}

async function upsert(tx: EventTransaction, events: readonly Upsert[]): Promise<Verdict[]> {
  const known = await lockTariffsByKey(
    tx.sql,
    events.map(({ partyKey, data }) => ({ partyKey, tariffKey: foldId(data.id) })),
  );
  const superseded = await supersededSnapshots(tx.sql, 'tariff', events);
  const plans = events.map((event) => {
    const stored = known.get(keyOf(event));
    const statedIn = superseded.has(event) ? undefined : event.event.snapshotId;
    return { ...decide(event, stored, tx.now), snapshotId: statedIn ?? stored?.snapshotId ?? null };
  });
  const ids = await write(tx, plans);
  const applied = plans.filter(({ verdict }) => verdict.outcome === 'applied');
  for (const plan of applied) {
    tx.changes.push({
      kind: 'tariff',
      objectId: ids.get(keyOf(plan.event)) ?? 0,
      aspect: plan.stored && !plan.stored.deletedAt ? 'content' : 'created',
      partyKey: plan.event.partyKey,
      eventTime: plan.event.event.time,
      traceparent: plan.event.event.traceparent ?? null,
    });
  }
  const voltages = await voltagesOf(tx, applied);
  for (const { event, stored, body } of applied) {
    const voltage = voltages.has(keyOf(event))
      ? (voltages.get(keyOf(event)) ?? null)
      : (stored?.acVoltage ?? null);
    const versions = versionsLeft(stored, { tariff: body, acVoltage: voltage }, tx.now);
    if (versions.length === 0) continue;
    tx.changes.push({
      kind: 'tariff',
      objectId: ids.get(keyOf(event)) ?? 0,
      aspect: 'hidden',
      partyKey: event.partyKey,
      versions,
      eventTime: event.event.time,
      traceparent: event.event.traceparent ?? null,
    });
  }
  await refreshLocations(
    tx,
    applied.map(({ event }) => ({ partyKey: event.partyKey, tariffKey: foldId(event.data.id) })),
  );
  return plans.map(({ verdict }) => verdict);
}

async function voltagesOf(
  tx: EventTransaction,
  applied: readonly Plan[],
): Promise<Map<string, number | null>> {
  const voltages = new Map<string, number | null>();
  for (const [party, own] of groupedBy(applied, ({ event }) => event.partyKey)) {
    const keys = own.map(({ event }) => foldId(event.data.id));
    for (const { tariffKey, acVoltage } of await settleVoltages(tx, party, keys)) {
      voltages.set(`${party}/${tariffKey}`, acVoltage);
    }
  }
  return voltages;
}

/** Where the Tariff was shown and is not any more: there it is deleted, after the connectors let go of it (TAR-06). */
function versionsLeft(
  stored: StoredTariff | undefined,
  after: KnownTariff,
  now: Date,
): OcpiVersion[] {
  if (!stored || stored.deletedAt) return [];
  const isShown = (version: OcpiVersion, { tariff, acVoltage }: KnownTariff): boolean =>
    shelfFor(version, new Map([[foldId(tariff.id), { tariff, acVoltage }]]), now).visible(
      tariff.id,
    );
  return OCPI_VERSIONS.filter((version) => isShown(version, stored) && !isShown(version, after));
}

function decide(
  event: Upsert,
  stored: StoredTariff | undefined,
  now: Date,
): Omit<Plan, 'snapshotId'> {
  const { data } = event;
  if (!stored) return { event, stored, verdict: APPLIED, body: data };
  if (isOlder(event.event, stored)) {
    const verdict = staleAgainst(event.event, stored, `Tariff ${data.id}`);
    return { event, stored, verdict, body: stored.tariff };
  }
  if (stored.tariff.id !== data.id) {
    const verdict = parked(`id: ${data.id} differs from ${stored.tariff.id} in case alone`);
    return { event, stored, verdict, body: stored.tariff };
  }
  if (!stored.deletedAt && isSameContent(stored.tariff, data)) {
    return { event, stored, verdict: UNCHANGED, body: stored.tariff };
  }
  return { event, stored, verdict: APPLIED, body: newerStamp(stored.tariff, data, now) };
}

const isSameContent = (a: Tariff, b: Tariff): boolean =>
  isDeepStrictEqual({ ...a, last_updated: '' }, { ...b, last_updated: '' });

/** A stamp never goes back, and what changed gets a new one. */
function newerStamp(stored: Tariff, stated: Tariff, now: Date): Tariff {
  const before = parseDateTime(stored.last_updated) ?? now;
  const given = parseDateTime(stated.last_updated) ?? now;
  if (given > before) return stated;
  return { ...stated, last_updated: formatDateTime(before > now ? before : now, '2.3.0') };
}

async function write(tx: EventTransaction, plans: readonly Plan[]): Promise<Map<string, number>> {
  const list = plans.filter(({ verdict }) => verdict.outcome !== 'parked');
  const rows = await rowsOf<{ id: number; key: string }>(
    tx.sql,
    `INSERT INTO tariff AS t (party_key, tariff_key, body, last_updated, guard_time, guard_sequence, snapshot_id)
     SELECT party_key, tariff_key, body, last_updated, time, sequence, snapshot_id
       FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::text[])
         AS v(party_key, tariff_key, body, last_updated, time, sequence, snapshot_id)
     ON CONFLICT (party_key, tariff_key) DO UPDATE
        SET body = excluded.body, last_updated = excluded.last_updated, snapshot_id = excluded.snapshot_id,
            guard_time = excluded.guard_time, guard_sequence = excluded.guard_sequence,
            deleted_at = CASE WHEN t.party_key || '/' || t.tariff_key = ANY($8::text[]) THEN NULL ELSE t.deleted_at END
     RETURNING t.id, t.party_key || '/' || t.tariff_key AS key`,
    [
      list.map(({ event }) => event.partyKey),
      list.map(({ event }) => foldId(event.data.id)),
      list.map(({ body }) => JSON.stringify(body)),
      list.map(({ body }) => parseDateTime(body.last_updated)),
      list.map(({ event, stored, verdict }) =>
        verdict.outcome === 'stale' ? stored?.guardTime : event.event.time,
      ),
      list.map(({ event, stored, verdict }) =>
        verdict.outcome === 'stale' ? stored?.guardSequence : (event.event.sequence ?? null),
      ),
      list.map(({ snapshotId }) => snapshotId),
      list.filter(({ verdict }) => verdict.outcome === 'applied').map(({ event }) => keyOf(event)),
    ],
  );
  return new Map(rows.map(({ id, key }) => [key, id]));
}
