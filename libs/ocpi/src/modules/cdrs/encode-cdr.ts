import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type WireObject } from '../locations/location-view.js';
import { type Encoded } from '../tariffs/encoded.js';
import { type Cdr } from './cdr.js';
import { type CdrView } from './cdr-view.js';
import { cdrV211 } from './cdrs.v211.js';
import { cdrV221 } from './cdrs.v221.js';
import { cdrV230 } from './cdrs.v230.js';

const CODECS = { '2.1.1': cdrV211, '2.2.1': cdrV221, '2.3.0': cdrV230 } as const;

/** A CDR as a version prints it, or why its partners do not get it. Done once: the printed bytes are what is kept (G8). */
export const encodeCdr = (version: OcpiVersion, cdr: Cdr, view: CdrView): Encoded<WireObject> =>
  CODECS[version](cdr, view);
