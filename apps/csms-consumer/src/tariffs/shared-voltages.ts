import { rowsOf } from '#change-log';
import { formatDateTime, parseDateTime } from '#ocpi';
import { type EventTransaction } from '../events/event-handler.js';
import { refreshLocations } from './refresh-locations.js';
import { lockTariffs } from './stored-tariffs.js';

/** A Tariff with current limits whose connectors share another AC voltage than before, or none any more. */
export interface VoltageChange {
  id: number;
  tariffKey: string;
  acVoltage: number | null;
}

/**
 * Finds out anew which voltage between phase and neutral the connectors of these Tariffs share, all of them AC; only by
 * it can 2.1.1 state a current limit, in kW (T9). Asked of Tariffs with such limits alone, and after their
 * connectors were written. The row stays locked, so that two Locations written at once do not miss each other.
 */
export async function settleVoltages(
  { sql }: EventTransaction,
  partyKey: string,
  tariffKeys: readonly string[],
): Promise<VoltageChange[]> {
  const limited = await rowsOf<VoltageChange>(
    sql,
    `SELECT id, tariff_key AS "tariffKey", ac_voltage AS "acVoltage" FROM tariff
      WHERE party_key = $1 AND tariff_key = ANY($2) AND deleted_at IS NULL AND body ~ '"(min|max)_current":'
      ORDER BY id FOR UPDATE`,
    [partyKey, tariffKeys],
  );
  if (limited.length === 0) return [];
  const shared = await rowsOf<{ tariffKey: string; acVoltage: number | null }>(
    sql,
    `SELECT upper(t.id) AS "tariffKey",
            CASE WHEN count(DISTINCT c->>'max_voltage') = 1 AND bool_and(c->>'power_type' LIKE 'AC%')
                  AND min((c->>'max_voltage')::numeric) BETWEEN 1 AND 100000
                 THEN min((c->>'max_voltage')::numeric)::integer END AS "acVoltage"
       FROM location l JOIN evse e ON e.location_id = l.id,
            jsonb_array_elements(e.body::jsonb->'connectors') AS c,
            jsonb_array_elements_text(c->'tariff_ids') AS t(id)
      WHERE l.party_key = $1 AND l.tariff_keys && $2::text[] AND upper(t.id) = ANY($2)
      GROUP BY 1`,
    [partyKey, limited.map(({ tariffKey }) => tariffKey)],
  );
  const found = new Map(shared.map(({ tariffKey, acVoltage }) => [tariffKey, acVoltage]));
  const changes = limited
    .map((row) => ({ ...row, acVoltage: found.get(row.tariffKey) ?? null, before: row.acVoltage }))
    .filter(({ acVoltage, before }) => acVoltage !== before);
  if (changes.length > 0) {
    await sql.query(
      `UPDATE tariff t SET ac_voltage = v.voltage
         FROM unnest($1::bigint[], $2::integer[]) AS v(id, voltage) WHERE t.id = v.id`,
      [changes.map(({ id }) => id), changes.map(({ acVoltage }) => acVoltage)],
    );
  }
  return changes;
}

/** After connectors changed: tells 2.1.1 of the Tariffs that read differently there now, and renders who names them. */
export async function restateTariffs(
  tx: EventTransaction,
  partyKey: string,
  tariffKeys: readonly string[],
): Promise<void> {
  const changed = await settleVoltages(tx, partyKey, tariffKeys);
  if (changed.length === 0) return;
  await restamp(tx, changed);
  for (const { id, acVoltage } of changed) {
    const change = { kind: 'tariff', objectId: id, partyKey, eventTime: tx.now } as const;
    tx.changes.push({ ...change, aspect: 'content' });
    if (acVoltage === null) tx.changes.push({ ...change, aspect: 'hidden', versions: ['2.1.1'] });
  }
  await refreshLocations(
    tx,
    changed.map(({ tariffKey }) => ({ partyKey, tariffKey })),
  );
}

/** What reads differently has a new stamp, or a pull of changes would miss it. */
async function restamp(tx: EventTransaction, changed: readonly VoltageChange[]): Promise<void> {
  const tariffs = await lockTariffs(tx.sql, 'id = ANY($1)', [changed.map(({ id }) => id)]);
  const fresh = [...tariffs.values()].map(({ id, tariff }) => {
    const stamp = parseDateTime(tariff.last_updated) ?? tx.now;
    const at = stamp > tx.now ? stamp : tx.now;
    return { id, at, body: { ...tariff, last_updated: formatDateTime(at, '2.3.0') } };
  });
  await tx.sql.query(
    `UPDATE tariff t SET body = v.body, last_updated = v.at
       FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS v(id, body, at) WHERE t.id = v.id`,
    [
      fresh.map(({ id }) => id),
      fresh.map(({ body }) => JSON.stringify(body)),
      fresh.map(({ at }) => at),
    ],
  );
}
