import { rowsOf, type SqlRunner } from '#change-log';

/** An open reservation as its cancellation needs it. */
export interface OpenReservation {
  number: number;
  partyKey: string;
  senderKey: string;
  locationKey: string;
  evseKey: string | null;
  sessionKey: string;
}

/** By the partner's id alone; of several Locations with the same id the newest (CMD-64). */
export async function findOpenReservation(
  source: SqlRunner,
  parties: readonly string[],
  senders: readonly string[],
  reservationKey: string,
): Promise<OpenReservation | undefined> {
  const rows = await rowsOf<OpenReservation>(
    source,
    `SELECT number, party_key AS "partyKey", sender_key AS "senderKey", location_key AS "locationKey",
            evse_key AS "evseKey", session_key AS "sessionKey"
       FROM reservation
      WHERE party_key = ANY($1) AND sender_key = ANY($2) AND reservation_key = $3
        AND state IN ('pending', 'active')
      ORDER BY number DESC LIMIT 1`,
    [parties, senders, reservationKey],
  );
  return rows[0];
}
