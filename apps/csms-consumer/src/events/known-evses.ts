import { type SqlRunner } from '#change-log';
import { LRUCache } from 'lru-cache';

/** At some 150 bytes each. */
const MOST = 200_000;

const byDatabase = new WeakMap<object, LRUCache<string, number>>();

/**
 * Row ids of EVSEs by key, per database. An EVSE's row is never deleted and its id never given again, so what is known
 * stays true; an id whose transaction was rolled back has no row, and whoever finds none looks the key up.
 */
export function knownEvses(sql: SqlRunner): LRUCache<string, number> {
  const { connection: database = sql } = sql as SqlRunner & { connection?: object };
  let known = byDatabase.get(database);
  if (!known) byDatabase.set(database, (known = new LRUCache({ max: MOST })));
  return known;
}
