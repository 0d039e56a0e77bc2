import { foldId } from '#ocpi';

/** The end of a card's number, for logs: enough to tell cards apart, and not to copy one. */
export const cardEnding = (uid: string): string => `…${foldId(uid).slice(-4)}`;
