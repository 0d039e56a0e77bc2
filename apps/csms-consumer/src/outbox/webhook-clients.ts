import { rowsOf } from '#change-log';
import { SecretBox } from '#partners';
import { createLogger, GatewaySettings } from '#platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A CSMS that is told by webhook. */
export interface WebhookClient {
  name: string;
  url: string;
  secret: string;
  /** Party keys. */
  parties: string[];
  createdAt: Date;
}

interface Row extends Omit<WebhookClient, 'secret'> {
  secret: Buffer | null;
}

/** The CSMSs with a webhook, as an operator set them up. */
@Injectable()
export class WebhookClients {
  private readonly log = createLogger('csms-outbox');
  /** Clients that are not called, by what their secret was when it was said. */
  private readonly said = new Map<string, string>();
  private readonly secrets: SecretBox;

  constructor(
    private readonly dataSource: DataSource,
    settings: GatewaySettings,
  ) {
    this.secrets = SecretBox.of(settings);
  }

  /** Without those whose secret is missing or cannot be read: nothing is sent unsigned. */
  async list(): Promise<WebhookClient[]> {
    const rows = await rowsOf<Row>(
      this.dataSource,
      `SELECT name, webhook_url AS url, webhook_secret AS secret, parties, created_at AS "createdAt"
         FROM csms_client WHERE webhook_url IS NOT NULL ORDER BY name`,
    );
    return rows.flatMap((row) => {
      const secret = this.secretOf(row);
      return secret === undefined ? [] : [{ ...row, secret }];
    });
  }

  async has(name: string): Promise<boolean> {
    const rows = await rowsOf(
      this.dataSource,
      'SELECT FROM csms_client WHERE name = $1 AND webhook_url IS NOT NULL',
      [name],
    );
    return rows.length > 0;
  }

  private secretOf({ name, secret }: Row): string | undefined {
    try {
      if (!secret) throw new Error('it has no secret');
      return this.secrets.decrypt(secret);
    } catch (error) {
      // Asked for every few seconds: said once.
      const print = secret?.toString('hex') ?? '';
      if (this.said.get(name) !== print) {
        this.log.error({ err: error, client: name }, 'a webhook is not called');
      }
      this.said.set(name, print);
      return undefined;
    }
  }
}
