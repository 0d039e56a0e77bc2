import {
  EventAuthorizer,
  HttpAuthorizer,
  KafkaEventSender,
  KafkaMessageReceiver,
} from '#csms-client';
import { OCPI_VERSIONS, type OcpiVersion, partyKey } from '#ocpi';
import pg from 'pg';
import { VirtualCsms } from '../../../apps/sandbox/src/csms/virtual-csms.js';
import { VirtualEmsp } from '../../../apps/sandbox/src/partners/virtual-emsp.js';
import { GatewayAdmin } from '../../harness/gateway-admin.js';
import { LoadBalancer } from '../../harness/load-balancer.js';
import { type Replicas, startReplicas, TEST_ADMIN_KEY } from '../../harness/servers.js';
import { makeTopics } from '../../harness/topics.js';
import { eventually } from '../../harness/wait-for.js';
import { type Backing } from '../fault-world.js';
import { OPERATOR } from '../load-csms.js';
import { type TrialCard, trialCards } from './trial-cards.js';
import { wideNetwork } from './wide-network.js';

export interface TrialPartner {
  version: OcpiVersion;
  emsp: VirtualEmsp;
  cards: TrialCard[];
}

export interface CommandTrialOptions {
  /** Of each application. */
  replicas: number;
  commandTimeoutSeconds: number;
  /** How long a station lets a driver wait whose card was asked for by Kafka. */
  patienceMs: number;
}

/** A partner that does not answer has this long; then nobody knows whether it was told. */
const PARTNER_TIMEOUT_MS = 2000;

/** An installation of several replicas with partners of every version that command, and a CSMS that acts. */
export class CommandTrial {
  private constructor(
    readonly options: CommandTrialOptions,
    readonly replicas: Replicas,
    readonly balancer: LoadBalancer,
    readonly csms: VirtualCsms,
    readonly partners: TrialPartner[],
    readonly byHttp: HttpAuthorizer,
    readonly database: pg.Pool,
  ) {}

  static async start(backing: Backing, options: CommandTrialOptions): Promise<CommandTrial> {
    const balancer = await LoadBalancer.start();
    const env = {
      KAFKA_BROKERS: backing.brokers.join(','),
      OCPI_KAFKA_TOPIC_PREFIX: backing.topicPrefix,
      KAFKA_GROUP_ID: `${backing.topicPrefix}gateway`,
      KAFKA_SESSION_TIMEOUT_MS: '3000',
      OCPI_LEASE_SECONDS: '2',
      OCPI_CSMS_OUT: 'kafka',
      OCPI_COMMAND_TIMEOUT_SECONDS: String(options.commandTimeoutSeconds),
      OCPI_PUBLIC_URL: balancer.url,
    };
    const { databaseUrl } = backing;
    await makeTopics({ ...env, OCPI_ENVIRONMENT: 'development', DATABASE_URL: databaseUrl });
    const counts = { apis: options.replicas, consumers: options.replicas };
    const replicas = await startReplicas({ databaseUrl, env, ...counts });
    balancer.upstreams = replicas.publicUrls;
    const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    database.on('error', () => undefined);
    const admin = new GatewayAdmin(replicas.apis[0]?.internalUrl ?? '', TEST_ADMIN_KEY);
    await admin.hostParty(OPERATOR.country_code, OPERATOR.party_id);
    const key = await admin.csmsKey('trial', [partyKey(OPERATOR)]);
    const urls = replicas.consumers.map(({ internalUrl }) => internalUrl);
    const csms = await startCsms(backing, options);
    const byHttp = new HttpAuthorizer(urls, key);
    const world = new CommandTrial(options, replicas, balancer, csms, [], byHttp, database);
    try {
      for (const version of OCPI_VERSIONS) await world.connect(admin, version);
      await csms.stateNetwork();
      await world.isKnown();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.csms.close(), this.byHttp.close(), this.replicas.stop()]);
    await Promise.allSettled(this.partners.map(({ emsp }) => emsp.stop()));
    await Promise.allSettled([this.balancer.stop(), this.database.end()]);
  }

  private async connect(admin: GatewayAdmin, version: OcpiVersion): Promise<void> {
    const digits = version.replaceAll('.', '');
    const party = { country_code: 'DE', party_id: digits };
    const cards = trialCards(version, party);
    const tokens = cards.map(({ wire }) => wire);
    const emsp = await new VirtualEmsp({ name: `emsp-${digits}`, party, version, tokens }).start();
    this.partners.push({ version, emsp, cards });
    const profile = {
      timeoutMs: PARTNER_TIMEOUT_MS,
      minBackoffMs: 100,
      maxBackoffMs: 1000,
      // Small pushes would only take processor time from what is tried here.
      locationsPush: 'pull_only',
    };
    const invitation = await admin.connect(`emsp-${digits}`, partyKey(party), { profile });
    await emsp.register(invitation.versionsUrl, invitation.tokenA);
  }

  /** The gateway has the whole network and every card, and the CSMS its copy of the cards. */
  private async isKnown(): Promise<void> {
    const locations = this.csms.network.locations.length;
    const cards = this.partners.flatMap((partner) => partner.cards);
    await eventually(
      async () => {
        const { rows } = await this.database.query<{ locations: number; tokens: number }>(
          `SELECT (SELECT count(*)::int FROM location) AS locations, (SELECT count(*)::int FROM token) AS tokens`,
        );
        const has = rows[0];
        if (has?.locations !== locations || has.tokens !== cards.length) {
          throw new Error(
            `of ${locations} Locations and ${cards.length} cards: ${JSON.stringify(has)}`,
          );
        }
        const known = cards.filter(({ uid }) => this.csms.tokens.offline(uid)).length;
        const offline = cards.filter(({ wire }) => wire.valid && wire.whitelist !== 'NEVER').length;
        if (known !== offline) throw new Error(`the CSMS has ${known} of ${offline} cards`);
      },
      { timeoutMs: 120_000, intervalMs: 200 },
    );
  }
}

async function startCsms(
  { brokers, topicPrefix }: Backing,
  { patienceMs }: CommandTrialOptions,
): Promise<VirtualCsms> {
  const sender = new KafkaEventSender(brokers, { topicPrefix });
  const authorizer = new EventAuthorizer(sender, 'urn:sandbox:csms');
  const csms = new VirtualCsms(wideNetwork(6), sender, {
    authorizer,
    patienceMs,
    connectionTimeoutMs: 2000,
    pace: { updates: 4, updateEveryMs: 1000 },
  });
  csms.onMessage((message) => authorizer.hear(message));
  await csms.listen(
    new KafkaMessageReceiver(brokers, { topicPrefix, groupId: `${topicPrefix}csms` }),
  );
  return csms;
}
