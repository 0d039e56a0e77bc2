import { foldId, sameParty, type Token } from '#ocpi';
import { type Allowance, driverOf } from './decision.js';
import { type DriverFacts, type ReservationInForce, type TrustedToken } from './driver-facts.js';
import { evseOf } from './place-rule.js';

/** How long after a command a card at the station is not asked for again (TOK-34, CMD-41, CMD-58, CMD-70, CMD-71). */
const CARD_MS = 15 * 60_000;

/** Tokens that exist in commands alone: their partner is never asked in real time (CMD-40, TOK-34). */
export const isOfApp = ({ type }: Pick<Token, 'type'>): boolean =>
  type === 'APP_USER' || type === 'AD_HOC_USER';

/**
 * What a partner's command allows: its token is trusted as it came, valid or not, listed or not (CMD-39, CMD-42). The newest
 * command counts; one without a reference leaves that of the reservation in force (CMD-45).
 */
export function allowedByCommand(facts: DriverFacts, now: Date): Allowance | undefined {
  const reserved = ownReservation(facts);
  const newest = facts.commands[0] ?? reserved;
  if (!newest) return undefined;
  if (!isOfApp(newest.token) && !isFresh(newest, now)) return undefined;
  return allowance(newest.token, newest, newest.reference ?? reserved?.reference);
}

/**
 * A card of the group that reserved counts as the driver who reserved, at the EVSE kept for the group, where the station
 * can tell (CMD-75). The session is the card's own.
 */
export function allowedByGroup(
  facts: DriverFacts,
  card: Token,
  evseUid: string | undefined,
  now: Date,
): Allowance | undefined {
  const evse = facts.place && evseOf(facts.place, evseUid);
  if (!evse?.isGroupCapable) return undefined;
  const reserved = facts.reservations.find(
    (reservation) =>
      [null, foldId(evse.uid)].includes(reservation.evseKey) &&
      isSameGroup(reservation.token, card) &&
      isFresh(reservation, now),
  );
  return reserved && allowance(card, reserved, reserved.reference);
}

/** The driver's own reservation in force here. */
export const ownReservation = ({
  aliasOf,
  driverKey,
  reservations,
}: DriverFacts): ReservationInForce | undefined =>
  reservations.find(
    (reservation) =>
      reservation.driverKey === driverKey && (!aliasOf || sameParty(reservation.token, aliasOf)),
  );

function isSameGroup(a: Token, b: Token): boolean {
  if (a.group_id === undefined || b.group_id === undefined) return false;
  return sameParty(a, b) && foldId(a.group_id) === foldId(b.group_id);
}

const isFresh = ({ receivedAt }: TrustedToken, now: Date): boolean =>
  now.getTime() - receivedAt.getTime() < CARD_MS;

const allowance = (
  token: Token,
  { connectionId }: TrustedToken,
  reference: string | undefined,
): Allowance => ({
  allowed: 'ALLOWED',
  decidedBy: 'COMMAND',
  authMethod: 'COMMAND',
  driver: driverOf(token),
  ...(reference !== undefined && { reference }),
  connectionId,
  why: 'the partner commanded it',
});
