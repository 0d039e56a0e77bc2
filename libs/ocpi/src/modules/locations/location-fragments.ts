import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type Location } from './location.js';
import { locationCodec } from './location-codec-for.js';
import { type LocationView } from './location-view.js';

/** An EVSE as stored text; `text` is JSON without status, last_updated and closing brace, null where withheld. */
export interface EvseFragment {
  uid: string;
  text: string | null;
}

/** A Location as stored text, from which status changes can be served without printing anything again. */
export interface LocationFragments {
  /** JSON without evses, last_updated and closing brace. */
  location: string;
  evses: EvseFragment[];
}

/** A fragment with what changes often; `lastUpdated` as the version writes it (`formatDateTime`). */
export interface LiveEvse {
  text: string;
  status: string;
  lastUpdated: string;
}

/** The text that `composeLocation` completes; undefined when the version withholds the Location (G7). */
export function fragmentLocation(
  version: OcpiVersion,
  location: Location,
  view: LocationView,
): LocationFragments | undefined {
  const codec = locationCodec(version);
  const { evses = [], ...own } = location;
  const encoded = codec.encodeLocation(own, view);
  if (!encoded) return undefined;
  const { last_updated: _stamp, ...shell } = encoded;
  return {
    location: open(shell),
    evses: evses.map((evse) => {
      const object = codec.encodeEvse(evse, location, view);
      if (!object) return { uid: evse.uid, text: null };
      const { status: _status, last_updated: _evseStamp, ...rest } = object;
      return { uid: evse.uid, text: open(rest) };
    }),
  };
}

/** The JSON text of an EVSE. */
export const composeEvse = (text: string, status: string, lastUpdated: string): string =>
  `${text},"status":"${status}","last_updated":"${lastUpdated}"}`;

/** The JSON text of a Location with the EVSEs given (those not withheld); equals `encodeLocation` as an object. */
export function composeLocation(
  fragments: Pick<LocationFragments, 'location'>,
  evses: readonly LiveEvse[],
  lastUpdated: string,
): string {
  const list = evses.map((e) => composeEvse(e.text, e.status, e.lastUpdated)).join(',');
  const evsesField = list === '' ? '' : `,"evses":[${list}]`;
  return `${fragments.location}${evsesField},"last_updated":"${lastUpdated}"}`;
}

const open = (object: object): string => JSON.stringify(object).slice(0, -1);
