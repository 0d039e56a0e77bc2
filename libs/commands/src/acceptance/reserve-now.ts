import { csmsRequest } from '#csms-contract';
import { foldId, OcpiError, parseDateTime, partyKey, type ReserveNow } from '#ocpi';
import { openCommand } from '../open-command.js';
import { openReservation, sessionIdOf } from '../reservations/open-reservation.js';
import { type CommandScope, newCommand, requestFrame } from './command-scope.js';
import { type CommandSite, findSite, inability, inabilityOfAll } from './command-site.js';
import { driverForCsms } from './driver-for-csms.js';
import { whyNotOwn } from './own-token.js';
import { unknownPlace, type CommandVerdict } from './command-verdict.js';

const CAPABILITY = 'RESERVABLE';

/** Without an EVSE the CSMS keeps one of those that can be reserved free (CMD-57). */
export async function judgeReserve(scope: CommandScope, body: ReserveNow): Promise<CommandVerdict> {
  const { caller, source } = scope;
  const foreign = whyNotOwn(caller, body.token);
  if (foreign) return foreign;
  const site = await findSite(source, caller, body.location_id, body.evse_uid);
  if (!site) return unknownPlace('unknown location');
  if (body.evse_uid !== undefined && site.evses.length === 0) return unknownPlace('unknown EVSE');
  return (
    inabilityOfAll(site.evses, (one) => inability(one, CAPABILITY)) ?? accept(scope, body, site)
  );
}

function accept(scope: CommandScope, body: ReserveNow, site: CommandSite): CommandVerdict {
  const { hosted, locationId, locationKey } = site;
  const { token, authorization_reference: reference, expiry_date } = body;
  const evse = body.evse_uid === undefined ? undefined : site.evses[0];
  const evseKey = evse?.evseKey;
  const reservationKey = foldId(body.reservation_id);
  const driverKey = foldId(token.uid);
  const senderKey = partyKey(token);
  const command = {
    ...newCommand(scope, 'RESERVE_NOW', hosted, body, {
      locationKey,
      evseKey,
      driverKey,
      sameAs: [locationKey, evseKey, reservationKey, token.type, driverKey, expiry_date],
    }),
    senderKey,
  };
  const place = evse
    ? { evse_uid: evse.uid }
    : {
        candidates: site.evses
          .filter((one) => inability(one, CAPABILITY) === undefined)
          .map(({ uid }) => uid),
      };
  return {
    kind: 'accepted',
    open: (tx) =>
      openCommand(tx, command, async (id) => {
        const reservation = await openReservation(tx, {
          partyKey: hosted.partyKey,
          senderKey,
          locationKey,
          reservationKey,
          connectionId: command.connectionId,
          commandId: id,
          evseKey: evseKey ?? null,
          driverKey,
          body,
          expiryDate: instantOf(expiry_date),
        });
        await tx.query(
          'UPDATE command SET reservation_number = $2, session_key = $3 WHERE id = $1',
          [id, reservation.number, reservation.sessionKey],
        );
        return csmsRequest('ocpi.reserve-now.requested.v1', {
          ...requestFrame(scope, hosted, id),
          ...(await driverForCsms(tx, token, reference)),
          reservation_number: reservation.number,
          session_id: sessionIdOf(reservation),
          expiry_date,
          location_id: locationId,
          ...place,
        });
      }),
  };
}

function instantOf(expiryDate: string): Date {
  const instant = parseDateTime(expiryDate);
  if (!instant)
    throw OcpiError.invalidParameters([{ path: 'expiry_date', message: 'no DateTime' }]);
  return instant;
}
