import {
  ensureSubscriber,
  KAFKA_SUBSCRIBER,
  KafkaDelivery,
  OutboxRelay,
  type RelayOptions,
  WebhookDelivery,
} from '#csms-requests';
import { createLogger, GatewaySettings, GracefulShutdown, Metrics } from '#platform';
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { kafkaClient } from '../kafka/kafka-client.js';
import { OutboxTail } from './outbox-tail.js';
import { type WebhookClient, WebhookClients } from './webhook-clients.js';

const LOOK_FOR_CLIENTS_EVERY_MS = 3000;
const WEBHOOK_TIMEOUT_MS = 15_000;
/** Then the relay decides: it starts over with a fresh producer. */
const SEND_RETRIES = 3;
const MAX_BACKOFF_MS = { kafka: 2000, webhook: 60_000 };

/** What is sent to whom changed when this text did. */
const fingerprint = ({ url, secret, parties }: WebhookClient): string =>
  JSON.stringify([url, secret, parties]);

/** Carries the outbox out by the binding that the settings name: one relay for Kafka, or one for each webhook. */
@Injectable()
export class OutboxRelays implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = createLogger('csms-outbox');
  private readonly owner = randomUUID();
  private readonly relays = new Map<string, { relay: OutboxRelay; fingerprint: string }>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tail: OutboxTail,
    private readonly clients: WebhookClients,
    private readonly settings: GatewaySettings,
    private readonly metrics: Metrics,
    private readonly shutdown: GracefulShutdown,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { csmsOut } = this.settings;
    this.shutdown.onDrain('csms outbox', () => this.stop());
    if (csmsOut === 'kafka') await this.startKafka();
    if (csmsOut === 'http') this.lookForClients();
  }

  onApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Lets what is being sent end and gives the leases back. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.looking;
    const stopped = [...this.relays.values()].map(({ relay }) => relay.stop());
    this.relays.clear();
    await Promise.all(stopped);
  }

  /** Begins with all that is kept: what was said before the first start of this process is owed too. */
  private async startKafka(): Promise<void> {
    const kafka = kafkaClient(this.settings, { retries: SEND_RETRIES });
    if (!kafka) return;
    await ensureSubscriber(this.dataSource, KAFKA_SUBSCRIBER, 'start');
    const delivery = new KafkaDelivery(kafka, this.settings.kafkaTopicPrefix);
    const options = this.options(KAFKA_SUBSCRIBER, MAX_BACKOFF_MS.kafka);
    const relay = new OutboxRelay(this.dataSource, this.tail, delivery, options);
    this.relays.set(KAFKA_SUBSCRIBER, { relay, fingerprint: '' });
    relay.start();
  }

  private lookForClients(): void {
    this.looking = this.reconcile().catch((error: unknown) => {
      this.log.warn({ err: error }, 'the CSMS clients cannot be read');
    });
    void this.looking.then(() => {
      if (this.isStopped) return;
      this.timer = setTimeout(() => this.lookForClients(), LOOK_FOR_CLIENTS_EVERY_MS);
    });
  }

  private async reconcile(): Promise<void> {
    const clients = new Map((await this.clients.list()).map((client) => [client.name, client]));
    for (const [name, { relay, fingerprint: before }] of this.relays) {
      const client = clients.get(name);
      if (client && fingerprint(client) === before) continue;
      this.relays.delete(name);
      await relay.stop();
    }
    for (const client of clients.values()) {
      if (!this.relays.has(client.name) && !this.isStopped) await this.startWebhook(client);
    }
  }

  private async startWebhook(client: WebhookClient): Promise<void> {
    const { name, url, secret, parties, createdAt } = client;
    await ensureSubscriber(this.dataSource, name, createdAt);
    const delivery = new WebhookDelivery({ url, secret, timeoutMs: WEBHOOK_TIMEOUT_MS });
    const options = { ...this.options(name, MAX_BACKOFF_MS.webhook), parties };
    const relay = new OutboxRelay(this.dataSource, this.tail, delivery, options);
    this.relays.set(name, { relay, fingerprint: fingerprint(client) });
    relay.start();
  }

  private options(name: string, maxBackoffMs: number): RelayOptions {
    const { leaseSeconds, publicUrl } = this.settings;
    this.metrics.csmsMessagesGivenUpTotal.inc({ subscriber: name }, 0);
    return {
      name,
      owner: this.owner,
      leaseSeconds,
      source: publicUrl,
      maxBackoffMs,
      onGivenUp: (count) => this.metrics.csmsMessagesGivenUpTotal.inc({ subscriber: name }, count),
    };
  }
}
