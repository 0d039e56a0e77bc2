import { type Static, Type } from '@sinclair/typebox';
import { CiString, compile } from '#ocpi';

/** Names the object that is gone. */
export const RemovedObject = Type.Object({
  country_code: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  party_id: Type.String({ pattern: '^[A-Za-z0-9]{3}$' }),
  id: CiString(36),
});
export type RemovedObject = Static<typeof RemovedObject>;

export const removedObjectChecker = compile(RemovedObject);
