import { partyKey } from '#ocpi';
import { tokenPartiesOf } from '#partners';
import { type Caller } from './caller.js';

/** Whose Sessions and CDRs the caller may list; `OCPI-from` narrows it to that party, never widens it (TRN-57). */
export function audienceOf({ connection, from }: Caller): string[] {
  const parties = tokenPartiesOf(connection);
  return from ? parties.filter((key) => key === partyKey(from)) : parties;
}
