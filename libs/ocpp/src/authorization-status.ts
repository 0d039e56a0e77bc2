import { type ALLOWED_TYPES } from '#ocpi';

/** What is decided about a driver: OCPI's words, no partner knows the token, nobody who must be asked answers. */
type Allowed = (typeof ALLOWED_TYPES)[number] | 'UNKNOWN' | 'UNREACHABLE';

/** The AuthorizationStatus for the station, in OCPP 1.6 and from 2.0.1 on. */
export interface AuthorizationStatus {
  v16: string;
  v201: string;
}

/** The closest words (TOK-26); 1.6 has none for credit, and one for all that is not valid. */
const STATUSES: Record<Allowed, AuthorizationStatus> = {
  ALLOWED: { v16: 'Accepted', v201: 'Accepted' },
  BLOCKED: { v16: 'Blocked', v201: 'Blocked' },
  EXPIRED: { v16: 'Expired', v201: 'Expired' },
  NO_CREDIT: { v16: 'Blocked', v201: 'NoCredit' },
  NOT_ALLOWED: { v16: 'Invalid', v201: 'NotAtThisLocation' },
  UNKNOWN: { v16: 'Invalid', v201: 'Unknown' },
  UNREACHABLE: { v16: 'Invalid', v201: 'Unknown' },
};

export const authorizationStatus = (allowed: Allowed): AuthorizationStatus => STATUSES[allowed];
