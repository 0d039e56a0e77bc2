import {
  buildNetwork,
  type ChargingNetwork,
} from '../../../apps/sandbox/src/csms/charging-network.js';
import { OPERATOR } from '../load-csms.js';

/** The sandbox's network so many times over, so that commands find free EVSEs. */
export function wideNetwork(times: number): ChargingNetwork {
  const networks = Array.from({ length: times }, () => buildNetwork(OPERATOR, new Date()));
  const locations = networks.flatMap((network, n) =>
    network.locations.map((location) => ({
      ...location,
      id: `${location.id}-${n}`,
      evses: (location.evses ?? []).map((evse) => ({
        ...evse,
        uid: `${evse.uid}-${n}`,
        evse_id: `${evse.evse_id ?? ''}${n}`,
      })),
    })),
  );
  return { party: OPERATOR, tariffs: networks[0]?.tariffs ?? [], locations };
}
