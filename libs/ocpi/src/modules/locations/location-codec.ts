import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type Connector, type Evse, type Location } from './location.js';
import { type LocationView, type WireObject } from './location-view.js';

/**
 * Prints canonical Locations as one version shows them; undefined means withheld there (G7). `status`, `evses` and
 * `last_updated` come last, so that stored text can be completed without parsing it.
 */
export interface LocationCodec {
  readonly version: OcpiVersion;
  encodeLocation(location: Location, view: LocationView): WireObject | undefined;
  encodeEvse(evse: Evse, location: Location, view: LocationView): WireObject | undefined;
  encodeConnector(
    connector: Connector,
    evse: Evse,
    location: Location,
    view: LocationView,
  ): WireObject | undefined;
}
