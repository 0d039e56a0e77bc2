import { foldId } from '#ocpi';
import { type Fleet } from '../fleet.js';
import { type Action } from '../request-desk.js';

/** Never a hidden stop: while somebody charges the cable stays (CMD-69). */
export const unlockConnector =
  (fleet: Fleet): Action<'ocpi.unlock-connector.requested.v1'> =>
  ({ location_id, evse_uid, connector_id }) => {
    const evse = fleet.find(location_id, evse_uid)?.evse;
    const connector = evse?.connectors.find(({ id }) => foldId(id) === foldId(connector_id));
    if (!evse || !connector) return { result: { status: 'UnknownConnector' } };
    if (fleet.visitAt(evse)) return { result: { status: 'OngoingAuthorizedTransaction' } };
    return { result: { status: 'Unlocked' } };
  };
