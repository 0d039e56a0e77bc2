import { rowsOf, type SqlRunner } from '#change-log';
import { randomUUID } from 'node:crypto';

/** A reservation as a partner names it. */
interface ReservationName {
  partyKey: string;
  senderKey: string;
  locationKey: string;
  reservationKey: string;
}

/** What the CSMS knows it by; both stay when it is replaced (CMD-55, CMD-73). */
export interface ReservationIds {
  number: number;
  sessionKey: string;
}

interface NewReservation extends ReservationName {
  connectionId: string;
  commandId: string;
  evseKey: string | null;
  driverKey: string;
  /** The canonical ReserveNow. */
  body: object;
  expiryDate: Date;
}

const FIND = `SELECT number, session_key AS "sessionKey" FROM reservation
  WHERE party_key = $1 AND sender_key = $2 AND location_key = $3 AND reservation_key = $4
    AND state IN ('pending', 'active') FOR UPDATE`;

const INSERT = `INSERT INTO reservation (party_key, sender_key, location_key, reservation_key, connection_id, evse_key,
    session_key, driver_key, body, command_id, expiry_date)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (party_key, sender_key, location_key, reservation_key) WHERE state IN ('pending', 'active') DO NOTHING
  RETURNING number, session_key AS "sessionKey"`;

/**
 * The open reservation of this name, or a new pending one with a number and a Session id of its own. One that is open stays as
 * it is until its replacement is accepted.
 */
export async function openReservation(
  tx: SqlRunner,
  reservation: NewReservation,
): Promise<ReservationIds> {
  const { partyKey, senderKey, locationKey, reservationKey } = reservation;
  const name = [partyKey, senderKey, locationKey, reservationKey];
  for (;;) {
    const [known] = await rowsOf<ReservationIds>(tx, FIND, name);
    if (known) return known;
    const [made] = await rowsOf<ReservationIds>(tx, INSERT, [
      ...name,
      reservation.connectionId,
      reservation.evseKey,
      randomUUID().toUpperCase(),
      reservation.driverKey,
      JSON.stringify(reservation.body),
      reservation.commandId,
      reservation.expiryDate,
    ]);
    if (made) return made;
    // Another request made it in between.
  }
}

/** A Session id of ours as it is sent: the folded form is what is stored. */
export const sessionIdOf = ({ sessionKey }: Pick<ReservationIds, 'sessionKey'>): string =>
  sessionKey.toLowerCase();
