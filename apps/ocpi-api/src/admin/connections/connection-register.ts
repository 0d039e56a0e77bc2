import { Injectable } from '@nestjs/common';
import { hashToken, newCredentialsToken, profileErrors, CONNECTION_CHANNEL } from '#partners';
import { GatewaySettings } from '#platform';
import { DataSource, type EntityManager } from 'typeorm';
import { foldParties, unknownParties } from '../http/party-key.js';
import { Problem } from '../http/problem.js';
import { HostedPartyRegister } from '../parties/hosted-party-register.js';
import { type IssuedTokenA } from './connection-view.dto.js';
import { type NewConnection } from './new-connection.dto.js';

/** Creates connections and the tokens A that open them. */
@Injectable()
export class ConnectionRegister {
  constructor(
    private readonly dataSource: DataSource,
    private readonly parties: HostedPartyRegister,
    private readonly settings: GatewaySettings,
  ) {}

  /** @throws Problem 400 for unknown parties, knobs or presets, 409 for an id in use. */
  async create(given: NewConnection): Promise<IssuedTokenA> {
    const hostedParties = given.hostedParties ? foldParties(given.hostedParties) : null;
    const errors = [
      ...unknownParties('hostedParties', hostedParties ?? [], await this.parties.keys()),
      ...profileErrors(given.profile ?? {}, given.preset),
    ];
    if (errors.length > 0) throw Problem.invalid(errors);
    const tokenA = await this.dataSource.transaction(async (tx) => {
      const created = await tx.query<unknown[]>(
        `INSERT INTO connection (id, name, kind, allowed_parties, hosted_parties, offered_versions,
           preset, profile, locations_shown, tariffs_shown)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING id`,
        [
          given.id,
          given.name,
          given.kind ?? 'peer',
          foldParties(given.allowedParties),
          hostedParties,
          given.offeredVersions ?? null,
          given.preset ?? null,
          given.profile ?? {},
          given.locationsShown ?? 'all',
          given.tariffsShown ?? 'all',
        ],
      );
      if (created.length === 0) {
        throw Problem.conflict(`There is a connection named ${given.id} already`);
      }
      return this.newTokenA(tx, given.id);
    });
    await this.announce();
    return { tokenA, versionsUrl: this.versionsUrl };
  }

  /** What partners ask first. */
  get versionsUrl(): string {
    return `${this.settings.publicUrl}/ocpi/versions`;
  }

  private async newTokenA(tx: EntityManager, connectionId: string): Promise<string> {
    const tokenA = newCredentialsToken();
    await tx.query(
      `INSERT INTO connection_token (token_hash, connection_id, purpose) VALUES ($1, $2, 'bootstrap')`,
      [hashToken(tokenA), connectionId],
    );
    return tokenA;
  }

  private async announce(): Promise<void> {
    await this.dataSource.query(`SELECT pg_notify('${CONNECTION_CHANNEL}', '')`);
  }
}
