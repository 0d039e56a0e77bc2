/** The instants of one command. */
export interface CommandTiming {
  receivedAt: Date;
  /** When it ends as TIMEOUT, and after which the CSMS must not begin to act. */
  deadline: Date;
  /** When its callbacks are pointless and not sent any more. */
  expiresAt: Date;
}

/** Time to bring a TIMEOUT to the partner before the announced time is over (CMD-21). */
const LEAST_MARGIN_MS = 1000;
const MARGIN = 0.1;

/**
 * What a gateway that was away owes is still told for so long after the announced time; it is the first attempt, and the
 * only one (P8, CMD-27).
 */
const OVERDUE_MS = 300_000;

/** `timeoutSeconds`: what the partner is told. */
export function commandTiming(receivedAt: Date, timeoutSeconds: number): CommandTiming {
  const announcedMs = timeoutSeconds * 1000;
  const margin = Math.max(LEAST_MARGIN_MS, announcedMs * MARGIN);
  return {
    receivedAt,
    deadline: new Date(receivedAt.getTime() + announcedMs - margin),
    expiresAt: callbackExpiry(new Date(receivedAt.getTime() + announcedMs)),
  };
}

/** When a callback that is due from then on is not sent any more. */
export const callbackExpiry = (due: Date): Date => new Date(due.getTime() + OVERDUE_MS);
