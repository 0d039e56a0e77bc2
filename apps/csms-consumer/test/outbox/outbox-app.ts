import { tokenRemoved } from '#csms-contract';
import { addCsmsMessages, type NewCsmsMessage } from '#csms-requests';
import { DatabaseModule } from '#database';
import { hashToken, SecretBox } from '#partners';
import {
  createGatewayApp,
  GatewaySettings,
  GracefulShutdown,
  listenOnInternalPort,
  PlatformModule,
} from '#platform';
import { Module } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { OutboxModule } from '../../src/outbox/outbox.module.js';
import { SignalsModule } from '../../src/signals.module.js';

@Module({})
class OutboxApp {}

export interface RunningOutbox {
  app: NestFastifyApplication;
  source: DataSource;
  url: string;
  close(): Promise<void>;
}

/** The part of csms-consumer that speaks to the CSMS, on a port of its own. */
export async function startOutbox(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<RunningOutbox> {
  const app = await createGatewayApp({
    module: OutboxApp,
    imports: [
      PlatformModule.forRoot({
        OCPI_ENVIRONMENT: 'development',
        OCPI_LOG_LEVEL: 'silent',
        OCPI_PUBLIC_URL: 'http://gateway.test',
        OCPI_LEASE_SECONDS: '1',
        OCPI_CSMS_OUT: 'http',
        DATABASE_URL: databaseUrl,
        DATABASE_POOL_SIZE: '6',
        ...env,
      }),
      DatabaseModule.forRoot('test'),
      SignalsModule,
      OutboxModule,
    ],
  });
  const port = await listenOnInternalPort(app, { internalPort: 0, bindAddress: '127.0.0.1' });
  return {
    app,
    source: app.get(DataSource),
    url: `http://127.0.0.1:${port}`,
    close: () => app.get(GracefulShutdown).run(() => app.close()),
  };
}

/** A CSMS as the admin API would make it; resolves to its key. */
export async function createClient(
  { app, source }: RunningOutbox,
  client: { name: string; parties?: string[]; webhook?: { url: string; secret: string } },
): Promise<string> {
  const key = randomUUID();
  const box = new SecretBox(app.get(GatewaySettings).encryptionKey);
  await source.query(
    `INSERT INTO csms_client (name, key_hash, parties, sources, webhook_url, webhook_secret)
     VALUES ($1, $2, $3, '{}', $4, $5)`,
    [
      client.name,
      hashToken(key),
      client.parties ?? ['NL*AAA'],
      client.webhook?.url ?? null,
      client.webhook ? box.encrypt(client.webhook.secret) : null,
    ],
  );
  return key;
}

/** A message about the token with this uid. */
export const aboutToken = (uid: string, partyKey?: string): NewCsmsMessage => ({
  ...tokenRemoved({ country_code: 'DE', party_id: 'EMP', uid, type: 'RFID' }),
  ...(partyKey !== undefined && { partyKey }),
});

export const say = (source: DataSource, ...uids: string[]): Promise<void> =>
  addCsmsMessages(
    source,
    uids.map((uid) => aboutToken(uid)),
  );

export const uidsOf = (messages: { data: { uid: string } }[]): string[] =>
  messages.map(({ data }) => data.uid);
