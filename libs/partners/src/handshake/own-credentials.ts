import { Injectable } from '@nestjs/common';
import { encodeCredentials, joinUrl, OcpiError, type OcpiVersion } from '#ocpi';
import { GatewaySettings } from '#platform';
import { type Connection } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';

/** Our own credentials object as one partner gets it. */
@Injectable()
export class OwnCredentials {
  constructor(
    private readonly settings: GatewaySettings,
    private readonly directory: ConnectionDirectory,
  ) {}

  get versionsUrl(): string {
    return joinUrl(this.settings.publicUrl, 'ocpi', 'versions');
  }

  /** Every hosted party the partner meets (CRD-31), on 2.1.1 the first (CRD-28). @throws OcpiError 3000 without any. */
  for(connection: Connection, version: OcpiVersion, token: string): object {
    const parties = this.directory
      .hostedPartiesOf({ hostedParties: connection.configuredParties })
      .map((party) => ({
        country_code: party.countryCode,
        party_id: party.partyId,
        business_details: party.businessDetails,
      }));
    if (parties.length === 0) throw OcpiError.ownFailure('no party is hosted for this connection');
    const met = version === '2.1.1' ? parties.slice(0, 1) : parties;
    return encodeCredentials(version, { token, url: this.versionsUrl }, met);
  }
}
