import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type WireObject } from '../locations/location-view.js';
import { type Encoded } from '../tariffs/encoded.js';
import { type Session } from './session.js';
import { type SessionView } from './session-view.js';
import { sessionV211 } from './sessions.v211.js';
import { sessionV221 } from './sessions.v221.js';
import { sessionV230 } from './sessions.v230.js';

/** A Session as a version prints it, the same in PUT bodies and pages; withheld only on 2.1.1, without a snapshot. */
export function encodeSession(
  version: OcpiVersion,
  session: Session,
  view: SessionView,
): Encoded<WireObject> {
  switch (version) {
    case '2.1.1':
      return sessionV211(session, view);
    case '2.2.1':
      return { wire: sessionV221(session) };
    case '2.3.0':
      return { wire: sessionV230(session, view) };
  }
}
