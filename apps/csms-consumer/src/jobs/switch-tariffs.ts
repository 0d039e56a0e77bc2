import { appendChanges, type ChangeLogSignal, type NewChange } from '#change-log';
import { type Tariff, tariffVisible } from '#ocpi';
import { type DataSource } from 'typeorm';
import { eventTransaction } from '../events/event-handler.js';
import { refreshLocations } from '../tariffs/refresh-locations.js';
import { lockTariffs } from '../tariffs/tariff-lock.js';

interface TimedTariff {
  id: number;
  partyKey: string;
  tariffKey: string;
  body: string;
}

/**
 * 2.1.1 knows no validity: where a tariff begins or ends between two looks, its partners there get it or lose it, and
 * connectors name the tariff that is valid now, without any event of the CSMS (LOC-52, TAR-43).
 */
export async function switchTariffs(
  dataSource: DataSource,
  signal: ChangeLogSignal,
  since: Date | undefined,
  now: Date,
): Promise<void> {
  if (!since || since >= now) return;
  const timed: TimedTariff[] = await dataSource.query(
    `SELECT id, party_key AS "partyKey", tariff_key AS "tariffKey", body FROM tariff
      WHERE deleted_at IS NULL AND (body LIKE '%"start_date_time":%' OR body LIKE '%"end_date_time":%')`,
  );
  const switched = timed.flatMap((row): { row: TimedTariff; change: NewChange }[] => {
    const tariff = JSON.parse(row.body) as Tariff;
    const before = tariffVisible('2.1.1', tariff, since);
    const after = tariffVisible('2.1.1', tariff, now);
    if (before === after) return [];
    const change: NewChange = {
      kind: 'tariff',
      objectId: row.id,
      aspect: after ? 'content' : 'deleted',
      partyKey: row.partyKey,
      versions: ['2.1.1'],
      eventTime: now,
    };
    return [{ row, change }];
  });
  if (switched.length === 0) return;
  await dataSource.transaction(async (sql) => {
    await lockTariffs(sql, new Map(switched.map(({ row }) => [row.partyKey, 'writes'])));
    const tx = eventTransaction(sql, now);
    await refreshLocations(
      tx,
      switched.map(({ row }) => row),
    );
    const own = switched.map(({ change }) => change);
    await appendChanges(sql, [
      ...own.filter(({ aspect }) => aspect === 'content'),
      ...tx.changes,
      ...own.filter(({ aspect }) => aspect === 'deleted'),
    ]);
  });
  signal.notify();
}
