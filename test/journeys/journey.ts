import {
  type EventSender,
  HttpEventSender,
  KafkaEventSender,
  type RefusedEvent,
} from '#csms-client';
import { OCPI_VERSIONS, type OcpiVersion, type PartyId, partyKey } from '#ocpi';
import { VirtualEmsp } from '../../apps/sandbox/src/partners/virtual-emsp.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { GatewayAdmin } from '../harness/gateway-admin.js';
import { kafkaBrokers, uniqueTopicPrefix } from '../harness/kafka.js';
import { type Servers, startServers } from '../harness/servers.js';
import { makeTopics } from '../harness/topics.js';

export type Binding = 'HTTP' | 'Kafka';

/** A gateway as real processes, a CSMS on one binding, and an eMSP on each version, registered by the handshake. */
export class Journey {
  readonly emsps = new Map<OcpiVersion, VirtualEmsp>();
  /** Events that the HTTP binding answered as parked. */
  readonly refused: RefusedEvent[] = [];
  sender: EventSender;

  private constructor(
    readonly database: TestDatabase,
    readonly servers: Servers,
    readonly admin: GatewayAdmin,
    readonly topicPrefix: string,
  ) {}

  /** `settings` on top of the tests' own, for both processes. */
  static async start(
    binding: Binding,
    operator: PartyId,
    settings: Record<string, string> = {},
  ): Promise<Journey> {
    const database = await createTestDatabase();
    const topicPrefix = uniqueTopicPrefix();
    const own: Record<string, string> =
      binding === 'HTTP'
        ? {}
        : {
            KAFKA_BROKERS: kafkaBrokers().join(','),
            OCPI_KAFKA_TOPIC_PREFIX: topicPrefix,
            KAFKA_GROUP_ID: `${topicPrefix}gateway`,
          };
    const env = { ...own, ...settings };
    if (binding === 'Kafka') {
      await makeTopics({ ...env, OCPI_ENVIRONMENT: 'development', DATABASE_URL: database.url });
    }
    const servers = await startServers({ databaseUrl: database.url, env });
    const admin = new GatewayAdmin(servers.adminUrl, servers.adminKey);
    const journey = new Journey(database, servers, admin, topicPrefix);
    try {
      await admin.hostParty(operator.country_code, operator.party_id);
      if (binding === 'Kafka') {
        journey.sender = new KafkaEventSender(kafkaBrokers(), { topicPrefix });
      } else {
        const key = await admin.csmsKey('csms', [partyKey(operator)]);
        const onRefused = (event: RefusedEvent): void => void journey.refused.push(event);
        journey.sender = new HttpEventSender(servers.csmsUrl, key, onRefused);
      }
      for (const version of OCPI_VERSIONS) await journey.connect(version);
    } catch (error) {
      await journey.stop();
      throw error;
    }
    return journey;
  }

  emsp(version: OcpiVersion): VirtualEmsp {
    return this.emsps.get(version)!;
  }

  async stop(): Promise<void> {
    await Promise.allSettled([
      (this.sender as EventSender | undefined)?.close(),
      this.servers.stop(),
    ]);
    await Promise.allSettled([...this.emsps.values()].map((emsp) => emsp.stop()));
    await this.database.drop();
  }

  private async connect(version: OcpiVersion): Promise<void> {
    const party = { country_code: 'DE', party_id: `E${version.replaceAll('.', '').slice(1)}` };
    const id = `emsp-${version.replaceAll('.', '')}`;
    const emsp = await new VirtualEmsp({ name: id, party, version, tokens: [] }).start();
    this.emsps.set(version, emsp);
    const { tokenA, versionsUrl } = await this.admin.connect(id, partyKey(party));
    await emsp.register(versionsUrl, tokenA);
  }
}
