import { type Location } from '../locations/location.js';
import { type LocationView } from '../locations/location-view.js';

/** What a Session or CDR rendering needs beside the object. */
export interface SessionView {
  /** The Location as it was when the session started; 2.1.1 embeds it (SES-35, CDR-26). */
  location?: Location;
  /** How this partner sees Locations; the 2.1.1 codecs read it. */
  locationView: LocationView;
  /** The partner has the bookings module of 2.3.0 (CDR-38). */
  bookings?: boolean;
}
