import { Injectable } from '@nestjs/common';
import { recordAct } from '#audit';
import { KAFKA_SUBSCRIBER, newWebhookSecret } from '#csms-requests';
import { hashToken, SecretBox } from '#partners';
import { GatewaySettings, newSecret } from '#platform';
import { DataSource } from 'typeorm';
import { foldParties, unknownParties } from '../http/party-key.js';
import { Problem } from '../http/problem.js';
import { HostedPartyRegister } from '../parties/hosted-party-register.js';
import { type CreatedCsmsClient, type CsmsClient, type NewCsmsClient } from './csms-client.dto.js';

const COLUMNS = `name, parties, sources, webhook_url AS "webhookUrl", created_at AS "createdAt"`;

/** CSMSs that use the HTTP binding: who they are and what each may write for. Keys are stored hashed. */
@Injectable()
export class CsmsClientRegister {
  private readonly secrets: SecretBox;

  constructor(
    private readonly dataSource: DataSource,
    private readonly parties: HostedPartyRegister,
    settings: GatewaySettings,
  ) {
    this.secrets = SecretBox.of(settings);
  }

  list(): Promise<CsmsClient[]> {
    return this.dataSource.query<CsmsClient[]>(`SELECT ${COLUMNS} FROM csms_client ORDER BY name`);
  }

  /** @throws Problem 400 for parties that are not ours, 409 for a name in use; `kafka` always is. */
  async create(given: NewCsmsClient): Promise<CreatedCsmsClient> {
    // Its cursor would be that of the topics.
    if (given.name === KAFKA_SUBSCRIBER) {
      throw Problem.conflict(`${KAFKA_SUBSCRIBER} stands for the readers of the topics`);
    }
    const parties = foldParties(given.parties);
    const unknown = unknownParties('parties', parties, await this.parties.keys());
    if (unknown.length > 0) throw Problem.invalid(unknown);
    const key = newSecret();
    const webhookSecret = given.webhookUrl === undefined ? undefined : newWebhookSecret();
    const created = await this.dataSource.transaction(async (tx) => {
      const [row] = await tx.query<Pick<CsmsClient, keyof CsmsClient>[]>(
        `INSERT INTO csms_client (name, key_hash, parties, sources, webhook_url, webhook_secret)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
        [
          given.name,
          hashToken(key),
          parties,
          given.sources ?? [],
          given.webhookUrl ?? null,
          webhookSecret === undefined ? null : this.secrets.encrypt(webhookSecret),
        ],
      );
      if (!row) throw Problem.conflict(`There is a CSMS client named ${given.name} already`);
      await recordAct(tx);
      return row;
    });
    return { ...created, key, ...(webhookSecret !== undefined && { webhookSecret }) };
  }

  /** Its key stops to count, and what it has not fetched yet is no longer kept for it. */
  async remove(name: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query('DELETE FROM csms_subscriber WHERE name = $1', [name]);
      const [removed] = await tx.query<[unknown[], number]>(
        'DELETE FROM csms_client WHERE name = $1 RETURNING name',
        [name],
      );
      if (removed.length === 0) throw Problem.notFound(`CSMS client ${name}`);
      await recordAct(tx);
    });
  }
}
