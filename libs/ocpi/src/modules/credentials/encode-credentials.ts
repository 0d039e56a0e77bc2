import { type BusinessDetails } from '../../types/business-details.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type PartyId } from '../../types/party.js';
import { type WireObject } from '../locations/location-view.js';
import { LocationParts } from '../locations/wire-location-parts.js';

/** A CPO that this platform speaks for. */
export interface HostedParty extends PartyId {
  business_details: BusinessDetails;
}

/**
 * Our credentials object: every hosted party as a CPO (CRD-31, TYP-19), no hub function (CRD-36). A 2.1.1 object names one
 * party, so it takes exactly one; another number is a RangeError (CRD-28).
 */
export function encodeCredentials(
  version: OcpiVersion,
  { token, url }: { token: string; url: string },
  hostedParties: readonly HostedParty[],
): WireObject {
  const parts = new LocationParts(version, version === '2.1.1');
  const parties = hostedParties.map((party) => ({
    business_details: parts.businessDetails(party.business_details),
    party_id: party.party_id,
    country_code: party.country_code,
  }));
  if (version !== '2.1.1') {
    return { token, url, roles: parties.map((party) => ({ role: 'CPO', ...party })) };
  }
  const [party] = parties;
  if (party === undefined || parties.length > 1) {
    throw new RangeError('2.1.1 credentials name exactly one party');
  }
  return { token, url, ...party };
}
