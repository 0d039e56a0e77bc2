import { endReservation } from '#commands';
import { type ReservationEnded, reservationEndedChecker } from '#csms-contract';
import { dropUnknown } from './dropped-results.js';
import { eventHandler } from './event-handler.js';
import { APPLIED, stale, UNCHANGED, type Verdict } from './incoming-event.js';

/** A reservation ended at the station; its Session is stated by the CSMS all the same (CMD-63, CMD-66). */
export const reservationEnded = eventHandler<ReservationEnded>({
  checker: reservationEndedChecker,
  handle: async (tx, events) => {
    const verdicts: Verdict[] = [];
    for (const { partyKey, data, event } of events) {
      const ended = await endReservation(tx.sql, partyKey, data, event.time, tx.now);
      if (ended === 'ended' || ended === 'held') {
        tx.waiting.add('commands');
        verdicts.push(APPLIED);
      } else if (ended === 'ended before') {
        verdicts.push(UNCHANGED);
      } else {
        const what = `reservation ${data.reservation_number}`;
        dropUnknown(tx, what);
        verdicts.push(stale(`no ${what} of this party`));
      }
    }
    return verdicts;
  },
});
