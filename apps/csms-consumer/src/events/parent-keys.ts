import { foldId } from '#ocpi';

/** What an event waits for, as `parent_key` of `parked_event` names it. */
export const locationParent = (partyKey: string, locationId: string): string =>
  `location:${partyKey}/${foldId(locationId)}`;
export const sessionParent = (partyKey: string, sessionId: string): string =>
  `session:${partyKey}/${foldId(sessionId)}`;
export const snapshotParent = (partyKey: string, kind: string, snapshotId: string): string =>
  `snapshot:${partyKey}/${kind}/${snapshotId}`;
