import { type CloudEvent } from '#csms-contract';
import { stale, type Verdict } from './incoming-event.js';

/** What is stored beside a state, to tell what is older than it (D3). */
export interface Guard {
  guardTime: Date;
  guardSequence: number | null;
}

/** Is the event older than what is stored? By sequence where both have one, else by time; equal is not older. */
export function isOlder(event: Pick<CloudEvent, 'sequence' | 'time'>, stored: Guard): boolean {
  return event.sequence !== undefined && stored.guardSequence !== null
    ? event.sequence < stored.guardSequence
    : event.time < stored.guardTime;
}

/** The verdict on an event that `isOlder`; `what` names the stored object. */
export const staleAgainst = (
  { sequence, time }: Pick<CloudEvent, 'sequence' | 'time'>,
  { guardTime, guardSequence }: Guard,
  what: string,
): Verdict => {
  const [given, known] =
    sequence !== undefined && guardSequence !== null
      ? [`sequence ${sequence}`, `sequence ${guardSequence}`]
      : [`time ${time.toISOString()}`, guardTime.toISOString()];
  return stale(`${given}: older than what is stored of ${what}, which is of ${known}`);
};

/** `isOlder` in SQL, over a row `v` with `time` and `sequence` and a row with the guard's columns. */
export const olderSql = (v: string, stored: string): string =>
  `CASE WHEN ${v}.sequence IS NOT NULL AND ${stored}.guard_sequence IS NOT NULL
     THEN ${v}.sequence < ${stored}.guard_sequence ELSE ${v}.time < ${stored}.guard_time END`;

export const guardOf = (event: CloudEvent): Guard => ({
  guardTime: event.time,
  guardSequence: event.sequence ?? null,
});
