import { type EventTypeName } from '#csms-contract';
import { authorizationRequested } from './authorization-requested.js';
import { cdrIssued } from './cdr-issued.js';
import { chargingProfileChanged } from './charging-profile-changed.js';
import { type EventHandler } from './event-handler.js';
import { evseStatusChanged } from './evse-status-changed.js';
import { locationRemoved } from './location-removed.js';
import { locationUpserted } from './location-upserted.js';
import { requestFinished } from './request-finished.js';
import { requestTakenOn } from './request-taken-on.js';
import { reservationEnded } from './reservation-ended.js';
import { sessionEnded } from './session-ended.js';
import { sessionStarted } from './session-started.js';
import { sessionUpdated } from './session-updated.js';
import { snapshotBegan } from './snapshot-began.js';
import { snapshotEnded } from './snapshot-ended.js';
import { tariffRemoved } from './tariff-removed.js';
import { tariffUpserted } from './tariff-upserted.js';

/** Who handles what the CSMS may send. */
export const EVENT_HANDLERS: Partial<Record<EventTypeName, EventHandler>> = {
  'ocpi.evse.status-changed.v1': evseStatusChanged,
  'ocpi.location.upserted.v1': locationUpserted,
  'ocpi.location.removed.v1': locationRemoved,
  'ocpi.tariff.upserted.v1': tariffUpserted,
  'ocpi.tariff.removed.v1': tariffRemoved,
  'ocpi.session.started.v1': sessionStarted,
  'ocpi.session.updated.v1': sessionUpdated,
  'ocpi.session.ended.v1': sessionEnded,
  'ocpi.cdr.issued.v1': cdrIssued,
  'ocpi.authorization.requested.v1': authorizationRequested,
  'ocpi.request.taken-on.v1': requestTakenOn,
  'ocpi.request.finished.v1': requestFinished,
  'ocpi.reservation.ended.v1': reservationEnded,
  'ocpi.charging-profile.changed.v1': chargingProfileChanged,
  'ocpi.snapshot.began.v1': snapshotBegan,
  'ocpi.snapshot.ended.v1': snapshotEnded,
};
