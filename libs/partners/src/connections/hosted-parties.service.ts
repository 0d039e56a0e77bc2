import { Injectable } from '@nestjs/common';
import { partyKey, type PartyId } from '#ocpi';
import { DataSource } from 'typeorm';
import { ConnectionDirectory } from '../connection-directory.js';
import { type HostedParty } from '../hosted-party.js';
import { signal } from '../handshake/registration-store.js';
import { ConnectionError } from './connection-errors.js';

/** The CPO parties that this platform speaks for. Partners are told of a new one by `AnnounceChanges.roles` (CRD-31). */
@Injectable()
export class HostedPartiesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
  ) {}

  list(): HostedParty[] {
    return this.directory.hostedParties();
  }

  /** Adds a party, or gives it other business details. Returns its key. @throws ConnectionError 400 */
  async put(
    party: PartyId,
    businessDetails: { name: string } & Record<string, unknown>,
  ): Promise<string> {
    if (!/^[A-Za-z]{2}$/.test(party.country_code) || !/^[A-Za-z0-9]{3}$/.test(party.party_id)) {
      throw new ConnectionError(400, 'a party has a country code of 2 letters and an id of 3');
    }
    const key = partyKey(party);
    await this.dataSource.query(
      `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
       VALUES ($1, $2, $3, $4) ON CONFLICT (party_key) DO UPDATE SET business_details = excluded.business_details`,
      [key, party.country_code.toUpperCase(), party.party_id.toUpperCase(), businessDetails],
    );
    await signal(this.dataSource, '');
    await this.directory.changed();
    return key;
  }
}
