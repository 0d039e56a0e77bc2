import { parseDateTime } from '../../types/date-time.js';
import { foldId } from '../../types/party.js';
import { type WireObject } from '../locations/location-view.js';
import { locationsV211 } from '../locations/locations.v211.js';
import { type SessionView } from './session-view.js';

/** Which connector of the snapshot a session used, and since when. */
export interface UsedConnector {
  evse_uid: string;
  connector_id: string;
  start_date_time: string;
}

/**
 * The 2.1.1 Location inside a Session or CDR: the snapshot of the session's start with the one EVSE and Connector used
 * (SES-35, CDR-26). Not assigned (`#NA`) or not known to 2.1.1 → no `evses`. An unpublished Location is shown too, its
 * user has been there. Undefined when there is no snapshot.
 */
export function embeddedLocationV211(
  used: UsedConnector,
  view: SessionView,
): WireObject | undefined {
  const { location, locationView } = view;
  if (location === undefined) return undefined;
  const evses = (location.evses ?? [])
    .filter(({ uid }) => foldId(uid) === foldId(used.evse_uid))
    .map((evse) => ({
      ...evse,
      connectors: evse.connectors.filter(({ id }) => foldId(id) === foldId(used.connector_id)),
    }));
  return locationsV211.encodeLocation(
    { ...location, publish: true, evses },
    { ...locationView, at: parseDateTime(used.start_date_time) ?? locationView.at },
  );
}
