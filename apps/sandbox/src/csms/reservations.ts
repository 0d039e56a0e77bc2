import { type Evse } from '#ocpi';
import { type Fleet } from './fleet.js';
import { isReservedFor, type Reservation, ReservationBook } from './reservation-book.js';
import { reservationSession } from './reservation-session.js';

/** Reservations and what is told of them: the EVSE's status, their Sessions, and how they end. */
export class Reservations {
  private readonly book: ReservationBook;

  constructor(
    private readonly fleet: Fleet,
    onTrouble: (error: unknown) => void,
  ) {
    this.book = new ReservationBook((reservation) => {
      this.tellEnded(reservation, 'EXPIRED').catch(onTrouble);
    });
  }

  at(evse: Evse): Reservation | undefined {
    return this.book.at(evse);
  }

  get(number: number): Reservation | undefined {
    return this.book.get(number);
  }

  /** The reservation of this driver here, which is used up by it. */
  use(evse: Evse, driver: { uid: string; group_id?: string | undefined }): Reservation | undefined {
    const reservation = this.book.at(evse);
    if (!reservation || !isReservedFor(reservation, driver)) return undefined;
    return this.book.take(reservation.request.reservation_number);
  }

  /** In force from now on; an earlier one of this number is replaced. To be stated when the request is answered. */
  enter(reservation: Reservation): () => Promise<void> {
    const before = this.book.get(reservation.request.reservation_number);
    const entered = { ...reservation, madeAt: before?.madeAt ?? reservation.madeAt };
    this.book.put(entered);
    return async () => {
      if (before && before.evse !== entered.evse) await this.fleet.setStatus(before, 'AVAILABLE');
      await this.fleet.setStatus(entered, 'RESERVED');
      const session = reservationSession(this.fleet.network.party, entered, 'RESERVATION');
      await this.fleet.say(before ? 'ocpi.session.updated.v1' : 'ocpi.session.started.v1', session);
    };
  }

  /** The driver gave it up. */
  cancel(number: number): (() => Promise<void>) | undefined {
    const reservation = this.book.take(number);
    return reservation && (() => this.release(reservation));
  }

  /** The operator takes it away. */
  async remove(number: number): Promise<void> {
    const reservation = this.book.take(number);
    if (reservation) await this.tellEnded(reservation, 'REMOVED');
  }

  clear(): void {
    this.book.clear();
  }

  private async tellEnded(reservation: Reservation, reason: 'EXPIRED' | 'REMOVED'): Promise<void> {
    await this.fleet.say('ocpi.reservation.ended.v1', {
      ...this.fleet.network.party,
      reservation_number: reservation.request.reservation_number,
      reason,
    });
    await this.release(reservation);
  }

  private async release(reservation: Reservation): Promise<void> {
    await this.fleet.setStatus(reservation, 'AVAILABLE');
    const session = reservationSession(this.fleet.network.party, reservation, 'COMPLETED');
    await this.fleet.say('ocpi.session.ended.v1', session);
  }
}
