import { Injectable } from '@nestjs/common';
import { recordAct } from '#audit';
import { endFeed, startFeed } from '#change-log';
import { partnerChanged, partnerConnected, partnerDisconnected } from '#csms-contract';
import { type Credentials, OcpiError, partyKey } from '#ocpi';
import { createLogger, GatewaySettings } from '#platform';
import { DataSource, type EntityManager } from 'typeorm';
import { CONNECTION_CHANNEL, ConnectionDirectory } from '../connection-directory.js';
import { addPartnerMessage } from '../connections/partner-message.js';
import { SecretBox } from '../secrets.js';
import { type Registration } from './registration.js';

/** What one step of a handshake does to our own keys in the same transaction; may refuse by throwing. */
export type TokenStep = (tx: EntityManager) => Promise<void>;

/**
 * Writes the outcome of a handshake: all of it in one transaction, or nothing (CRD-11, CRD-15). No transaction is open
 * while a partner is being called (CRD-22).
 */
@Injectable()
export class RegistrationStore {
  private readonly log = createLogger('handshake');
  private readonly secrets: SecretBox;

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    settings: GatewaySettings,
  ) {
    this.secrets = SecretBox.of(settings);
  }

  /** Stores a registration or an update and does `tokens` with it. */
  async save(connectionId: string, registration: Registration, tokens: TokenStep): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const [before] = await tx.query<{ name: string; version: string | null; state: string }[]>(
        'SELECT name, version, state FROM connection WHERE id = $1 FOR UPDATE',
        [connectionId],
      );
      if (!before) throw OcpiError.unauthorized();
      await tokens(tx);
      const roles = await this.allowedRoles(tx, connectionId, registration.credentials);
      await this.writeConnection(tx, connectionId, registration, roles.refused);
      await writeEndpoints(tx, connectionId, registration);
      await writeParties(tx, connectionId, roles.allowed);
      const anew = before.state === 'invited' || before.state === 'unregistered';
      await writeFeed(tx, connectionId, anew || before.version !== registration.version);
      const partner = {
        connection_id: connectionId,
        name: before.name,
        version: registration.version,
        parties: roles.allowed.map((role) => ({
          country_code: role.country_code,
          party_id: role.party_id,
          role: role.role,
          name: role.business_details.name,
        })),
      };
      await addPartnerMessage(tx, anew ? partnerConnected(partner) : partnerChanged(partner));
      await recordAct(tx, {
        version: registration.version,
        before: { state: before.state, version: before.version },
        parties: roles.allowed.map((role) => `${partyKey(role)} ${role.role}`).slice(0, 100),
        refusedParties: roles.refused.slice(0, 20),
      });
      await signal(tx, connectionId);
    });
    await this.directory.changed();
    this.log.info(
      { connection: connectionId, version: registration.version },
      'partner registered',
    );
    for (const remark of registration.remarks) {
      this.log.warn(
        { connection: connectionId, remark },
        'oddity in the partner’s version details',
      );
    }
  }

  /**
   * Ends a connection: both keys die, nothing automated runs any more (CRD-17, CRD-40). `partnerNotTold`: why, for the
   * audit log.
   */
  async end(connectionId: string, reason: string, partnerNotTold?: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const rows = await tx.query<[{ name: string; state: string }[], number]>(
        `UPDATE connection SET state = 'unregistered', outbound_token = NULL, outbound_encoding = NULL,
           version = NULL, token_pull = '{}' WHERE id = $1 RETURNING name, state`,
        [connectionId],
      );
      const name = rows[0][0]?.name;
      if (name === undefined) return;
      for (const table of ['connection_token', 'remote_endpoint', 'remote_party']) {
        await tx.query(`DELETE FROM ${table} WHERE connection_id = $1`, [connectionId]);
      }
      await endFeed(tx, connectionId);
      await addPartnerMessage(
        tx,
        partnerDisconnected({ connection_id: connectionId, name, reason }),
      );
      await recordAct(tx, partnerNotTold === undefined ? {} : { partnerNotTold });
      await signal(tx, connectionId);
    });
    await this.directory.changed();
    this.log.info({ connection: connectionId, reason }, 'partner unregistered');
  }

  /**
   * Parties are bound to connections by an operator: what a partner claims beyond that, or what is bound to another one
   * already, is left out and remarked (CRD-32). @throws OcpiError 2001 when nothing is left.
   */
  private async allowedRoles(tx: EntityManager, connectionId: string, { roles }: Credentials) {
    const [row] = await tx.query<{ allowed: string[] }[]>(
      'SELECT allowed_parties AS allowed FROM connection WHERE id = $1',
      [connectionId],
    );
    const named = new Set((row?.allowed ?? []).map((key) => key.toUpperCase()));
    // Serialises claims: two partners must not take the same unbound party at once.
    await tx.query("SELECT pg_advisory_xact_lock(hashtext('ocpi.remote_party'))");
    const taken = await tx.query<{ key: string }[]>(
      `SELECT DISTINCT party_key AS key FROM remote_party
        WHERE connection_id <> $1 AND party_key = ANY($2)`,
      [connectionId, roles.map(partyKey)],
    );
    const elsewhere = new Set(taken.map(({ key }) => key));
    const hosted = new Set(this.directory.hostedParties().map((party) => party.partyKey));
    const mayClaim = (key: string) =>
      !hosted.has(key) && (named.has(key) || (named.has('*') && !elsewhere.has(key)));
    const allowed = roles.filter((role) => mayClaim(partyKey(role)));
    const refused = roles.filter((role) => !mayClaim(partyKey(role))).map(partyKey);
    if (allowed.length === 0) {
      throw OcpiError.invalidParameters('no party of roles may be claimed over this connection');
    }
    return { allowed, refused };
  }

  private async writeConnection(
    tx: EntityManager,
    connectionId: string,
    { version, credentials, outboundEncoding, remarks }: Registration,
    refused: readonly string[],
  ): Promise<void> {
    const at = new Date().toISOString();
    const noted = [...remarks, ...refused.slice(0, 20).map((key) => `refused_party ${key}`)];
    await tx.query(
      `UPDATE connection SET state = 'registered', version = $2, versions_url = $3,
         outbound_token = $4, outbound_encoding = $5, token_issued_at = now(),
         registered_at = coalesce(registered_at, now()),
         deviations = deviations || $6::jsonb WHERE id = $1`,
      [
        connectionId,
        version,
        credentials.url,
        this.secrets.encrypt(credentials.token),
        outboundEncoding,
        JSON.stringify(Object.fromEntries(noted.map((name) => [name, at]))),
      ],
    );
  }
}

/** Tells every process, with the commit. */
export async function signal(tx: EntityManager | DataSource, connectionId: string): Promise<void> {
  await tx.query('SELECT pg_notify($1, $2)', [CONNECTION_CHANNEL, connectionId]);
}

async function writeEndpoints(tx: EntityManager, id: string, { endpoints }: Registration) {
  await tx.query('DELETE FROM remote_endpoint WHERE connection_id = $1', [id]);
  await tx.query(
    `INSERT INTO remote_endpoint (connection_id, identifier, role, url)
     SELECT $1, e.identifier, e.role, e.url
       FROM unnest($2::text[], $3::text[], $4::text[]) AS e (identifier, role, url)`,
    [
      id,
      endpoints.map(({ identifier }) => identifier),
      endpoints.map(({ role }) => role),
      endpoints.map(({ url }) => url),
    ],
  );
}

/** By difference: a hub lists hundreds of parties and changes one (CRD-38). */
async function writeParties(tx: EntityManager, id: string, roles: Credentials['roles']) {
  const keys = roles.map(partyKey);
  const names = roles.map(({ role }) => role);
  await tx.query(
    `DELETE FROM remote_party p WHERE p.connection_id = $1 AND NOT EXISTS (
       SELECT FROM unnest($2::text[], $3::text[]) AS n (party_key, role)
        WHERE n.party_key = p.party_key AND n.role = p.role)`,
    [id, keys, names],
  );
  await tx.query(
    `INSERT INTO remote_party (connection_id, party_key, role, country_code, party_id, business_details)
     SELECT $1, n.party_key, n.role, n.country_code, n.party_id, n.details::jsonb
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
         AS n (party_key, role, country_code, party_id, details)
     ON CONFLICT (connection_id, party_key, role) DO UPDATE
       SET country_code = excluded.country_code, party_id = excluded.party_id,
           business_details = excluded.business_details
     WHERE remote_party.business_details IS DISTINCT FROM excluded.business_details`,
    [
      id,
      keys,
      names,
      roles.map(({ country_code }) => country_code),
      roles.map(({ party_id }) => party_id),
      roles.map(({ business_details }) => JSON.stringify(business_details)),
    ],
  );
}

/** A partner that is new, or new on this version, is told everything; otherwise its feed goes on with what was learnt. */
async function writeFeed(tx: EntityManager, id: string, fromStart: boolean): Promise<void> {
  if (fromStart) {
    await startFeed(tx, id);
    return;
  }
  await tx.query(
    `UPDATE feed SET failures = 0, resume_at = NULL, generation = generation + 1
      WHERE connection_id = $1`,
    [id],
  );
}
