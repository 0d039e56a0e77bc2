import { type Static, Type } from '@sinclair/typebox';
import { ClosedEnum, compile } from '#ocpi';
import { PARTY_FIELDS } from './party-fields.js';

/**
 * A reservation ended at the station without its Session saying so: its time is over, the station or the operator took it
 * away (the partner is told, CMD-66), or the card was shown and nobody charged.
 */
export const ReservationEnded = Type.Object({
  ...PARTY_FIELDS,
  reservation_number: Type.Integer({ minimum: 1 }),
  reason: ClosedEnum(['EXPIRED', 'REMOVED', 'NO_TRANSACTION']),
});
export type ReservationEnded = Static<typeof ReservationEnded>;
export const reservationEndedChecker = compile(ReservationEnded);
