import { type Static, Type } from '@sinclair/typebox';
import { ClosedEnum, compile } from '#ocpi';
import { LIMITS } from '../limits.js';

export const SnapshotKind = ClosedEnum(['location', 'tariff']);
export type SnapshotKind = Static<typeof SnapshotKind>;

const scope = {
  country_code: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  party_id: Type.String({ pattern: '^[A-Za-z0-9]{3}$' }),
  kind: SnapshotKind,
  snapshot_id: Type.String({ minLength: 1, maxLength: LIMITS.maxSnapshotIdLength }),
};

/** From here on a party states all its objects of one kind, each event carrying `snapshotid`. */
export const SnapshotBegan = Type.Object(scope);
export type SnapshotBegan = Static<typeof SnapshotBegan>;
export const snapshotBeganChecker = compile(SnapshotBegan);

/** All are stated, `count` in number; what the party did not state is removed once that many are stored. */
export const SnapshotEnded = Type.Object({ ...scope, count: Type.Integer({ minimum: 0 }) });
export type SnapshotEnded = Static<typeof SnapshotEnded>;
export const snapshotEndedChecker = compile(SnapshotEnded);
