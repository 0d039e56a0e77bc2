import { parseDateTime, type Token } from '#ocpi';

/** As for events of the CSMS: a clock that runs further ahead is wrong. */
const HOURS_AHEAD = 24;

/** Does its `last_updated` lie so far ahead of its receipt that it says nothing about when the Token changed? */
export const isFarAhead = ({ last_updated }: Token, receivedAt: Date): boolean =>
  (parseDateTime(last_updated)?.getTime() ?? 0) > receivedAt.getTime() + HOURS_AHEAD * 3600_000;

/**
 * The same of a stored row. Such a Token is taken like any other, for it may withdraw a card, but gives way to whatever
 * its owner states next: else nothing could replace it for as long as it lies ahead.
 */
export const storedFarAhead = (row: string): string =>
  `${row}.last_updated > ${row}.received_at + interval '${HOURS_AHEAD} hours'`;
