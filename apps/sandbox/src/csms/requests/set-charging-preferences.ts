import { type ChargingPreferencesResponse } from '#ocpi';
import { type RequestData } from '#csms-contract';
import { type Fleet } from '../fleet.js';
import { type Action } from '../request-desk.js';

type Preferences = RequestData<'ocpi.set-charging-preferences.requested.v1'>['preferences'];

/** Whoever wants it cheap or green has to say by when and how much; these chargers give nothing back to the grid. */
export const setChargingPreferences =
  (fleet: Fleet): Action<'ocpi.set-charging-preferences.requested.v1'> =>
  ({ session_id, preferences }) => ({
    result: {
      preferences_response: fleet.visitOf(session_id) ? answerTo(preferences) : 'NOT_POSSIBLE',
    },
  });

function answerTo(preferences: Preferences): ChargingPreferencesResponse {
  const { profile_type, departure_time, energy_need } = preferences;
  if (profile_type === 'REGULAR' || profile_type === 'FAST') return 'ACCEPTED';
  if (departure_time === undefined) return 'DEPARTURE_REQUIRED';
  return energy_need === undefined ? 'ENERGY_NEED_REQUIRED' : 'ACCEPTED';
}
