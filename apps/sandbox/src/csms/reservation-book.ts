import { type ReserveNowRequested } from '#csms-contract';
import { type Evse, foldId, type Location } from '#ocpi';

/** An EVSE kept for a driver, as the station knows it: by its number. */
export interface Reservation {
  request: ReserveNowRequested;
  location: Location;
  evse: Evse;
  madeAt: Date;
}

interface Kept extends Reservation {
  timer: NodeJS.Timeout;
}

/** Reservations in force. One whose time is over is taken out and handed to `onExpired`. */
export class ReservationBook {
  private readonly kept = new Map<number, Kept>();

  constructor(private readonly onExpired: (reservation: Reservation) => void) {}

  /** Puts it in; one with the same number is replaced. */
  put(reservation: Reservation): void {
    const { reservation_number: number, expiry_date } = reservation.request;
    this.take(number);
    const timer = setTimeout(
      () => {
        this.kept.delete(number);
        this.onExpired(reservation);
      },
      Math.max(0, Date.parse(expiry_date) - Date.now()),
    ).unref();
    this.kept.set(number, { ...reservation, timer });
  }

  /** Takes it out: cancelled, used, or taken away. */
  take(number: number): Reservation | undefined {
    const kept = this.kept.get(number);
    if (!kept) return undefined;
    clearTimeout(kept.timer);
    this.kept.delete(number);
    return kept;
  }

  get(number: number): Reservation | undefined {
    return this.kept.get(number);
  }

  at(evse: Evse): Reservation | undefined {
    return [...this.kept.values()].find((kept) => kept.evse === evse);
  }

  clear(): void {
    for (const number of [...this.kept.keys()]) this.take(number);
  }
}

/** Whether a driver is the one who reserved, or of the same group (CMD-75). */
export function isReservedFor(
  { request }: Reservation,
  driver: { uid: string; group_id?: string | undefined },
): boolean {
  const { uid, group_id } = request.token;
  if (foldId(uid) === foldId(driver.uid)) return true;
  return (
    group_id !== undefined &&
    driver.group_id !== undefined &&
    foldId(group_id) === foldId(driver.group_id)
  );
}
