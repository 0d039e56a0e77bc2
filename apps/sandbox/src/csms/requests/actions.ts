import { type Fleet } from '../fleet.js';
import { type Actions } from '../request-desk.js';
import {
  clearChargingProfile,
  getChargingProfile,
  setChargingProfile,
} from './charging-profile-requests.js';
import { cancelReservation, reserveNow } from './reservation-requests.js';
import { setChargingPreferences } from './set-charging-preferences.js';
import { type RemoteStartOptions, startSession } from './start-session.js';
import { stopSession } from './stop-session.js';
import { unlockConnector } from './unlock-connector.js';

/** What the chargers do for each request. */
export const actionsOn = (fleet: Fleet, remoteStart: RemoteStartOptions): Actions => ({
  'ocpi.start-session.requested.v1': startSession(fleet, remoteStart),
  'ocpi.stop-session.requested.v1': stopSession(fleet),
  'ocpi.reserve-now.requested.v1': reserveNow(fleet),
  'ocpi.cancel-reservation.requested.v1': cancelReservation(fleet),
  'ocpi.unlock-connector.requested.v1': unlockConnector(fleet),
  'ocpi.set-charging-profile.requested.v1': setChargingProfile(fleet),
  'ocpi.clear-charging-profile.requested.v1': clearChargingProfile(fleet),
  'ocpi.get-charging-profile.requested.v1': getChargingProfile(fleet),
  'ocpi.set-charging-preferences.requested.v1': setChargingPreferences(fleet),
});
