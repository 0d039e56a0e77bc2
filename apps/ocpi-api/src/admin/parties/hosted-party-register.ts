import { Injectable } from '@nestjs/common';
import { recordAct } from '#audit';
import { BusinessDetails, compile, partyKey } from '#ocpi';
import { type Announcement, AnnounceChanges, ConnectionDirectory, signal } from '#partners';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problem.js';
import { type HostedParty, type NewHostedParty } from './hosted-party.dto.js';

const businessDetailsChecker = compile(BusinessDetails);

const COLUMNS = `party_key AS party, country_code AS "countryCode", party_id AS "partyId",
  business_details AS "businessDetails", created_at AS "createdAt"`;

/** The CPO parties we speak for. */
@Injectable()
export class HostedPartyRegister {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly announce: AnnounceChanges,
  ) {}

  list(): Promise<HostedParty[]> {
    return this.dataSource.query<HostedParty[]>(
      `SELECT ${COLUMNS} FROM hosted_party ORDER BY party_key`,
    );
  }

  async keys(): Promise<Set<string>> {
    return new Set((await this.list()).map(({ party }) => party));
  }

  /**
   * Adds a party and tells every partner who meets it (CRD-31); who could not be told is in the answer.
   * @throws Problem 400 for details that break OCPI's BusinessDetails, 409 when the party is there already.
   */
  async create(
    given: NewHostedParty,
  ): Promise<{ party: HostedParty; announcements: Announcement[] }> {
    const details = businessDetailsChecker.decode(given.businessDetails);
    if (!details.ok) {
      throw Problem.invalid(
        details.errors.map(({ path, message }) => ({ path: `businessDetails.${path}`, message })),
      );
    }
    const countryCode = given.countryCode.toUpperCase();
    const partyId = given.partyId.toUpperCase();
    const key = partyKey({ country_code: countryCode, party_id: partyId });
    const party = await this.dataSource.transaction(async (tx) => {
      const [created] = await tx.query<HostedParty[]>(
        `INSERT INTO hosted_party (party_key, country_code, party_id, business_details)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
        [key, countryCode, partyId, details.value],
      );
      if (!created) throw Problem.conflict(`${key} is a party of ours already`);
      await recordAct(tx);
      await signal(tx, '');
      return created;
    });
    await this.directory.changed();
    return { party, announcements: await this.announce.roles(key) };
  }
}
