import { LRUCache } from 'lru-cache';
import { perDatabase } from './per-database.js';

/** At some 150 bytes each. */
const MOST = 200_000;

/**
 * Row ids of EVSEs by key, per database. An EVSE's row is never deleted and its id never given again, so what is known
 * stays true; an id whose transaction was rolled back has no row, and whoever finds none looks the key up.
 */
export const knownEvses = perDatabase(() => new LRUCache<string, number>({ max: MOST }));
