import { randomUUID } from 'node:crypto';
import { HttpEventSender, KafkaEventSender } from '#csms-client';
import { type CdrToken, partyKey } from '#ocpi';
import { buildNetwork } from '../csms/charging-network.js';
import { VirtualCsms } from '../csms/virtual-csms.js';
import { type VirtualEmsp } from '../partners/virtual-emsp.js';
import { AdminClient } from './admin-client.js';
import { driverOf, SANDBOX_PARTNERS, sandboxPartner } from './sandbox-partners.js';
import { Timeline } from './timeline.js';

export const SANDBOX_PARTY = { country_code: 'NL', party_id: 'EVC' };

export interface SandboxOptions {
  adminUrl: string;
  adminKey: string;
  csmsUrl: string;
  /** The gateway's versions endpoint as partners reach it now. */
  versionsUrl: string;
  stateDir: string;
  kafkaBrokers?: string[];
  topicPrefix?: string;
}

export interface SandboxPartner {
  id: string;
  emsp: VirtualEmsp;
}

/** A virtual CSMS and three virtual partners, connected to a running gateway. */
export class Sandbox {
  readonly partners: SandboxPartner[] = [];
  readonly timeline = new Timeline();
  csms: VirtualCsms;
  private readonly admin: AdminClient;

  constructor(private readonly options: SandboxOptions) {
    this.admin = new AdminClient(options.adminUrl, options.adminKey);
  }

  /** Creates what is missing at the gateway, runs the handshakes, states the network. */
  async start(): Promise<void> {
    await this.admin.ensureHostedParty(SANDBOX_PARTY, 'Sandbox Charging');
    this.csms = new VirtualCsms(buildNetwork(SANDBOX_PARTY, new Date()), await this.sender());
    this.csms.onStatement((statement) => this.timeline.statement(statement));
    await this.csms.stateNetwork();
    const { locations, tariffs } = this.csms.network;
    this.timeline.note(`the CSMS stated ${locations.length} locations, ${tariffs.length} tariffs`);
    const known = new Map((await this.admin.connections()).map((c) => [c.id, c]));
    for (const spec of SANDBOX_PARTNERS) {
      const emsp = await sandboxPartner(spec, this.options.stateDir).start();
      this.partners.push({ id: spec.id, emsp });
      emsp.onReceipt((receipt) => this.timeline.receipt(spec.name, spec.version, receipt));
      const connection = known.get(spec.id);
      if (connection?.state === 'registered' && emsp.link.registered) {
        await emsp.resume(this.options.versionsUrl);
        this.timeline.note(`${spec.name} is still registered, and pulled the network anew`);
        continue;
      }
      const { tokenA, versionsUrl } = connection
        ? await this.admin.newTokenA(spec.id)
        : await this.admin.createConnection(spec.id, spec.name, partyKey(spec.party));
      await emsp.register(versionsUrl, tokenA);
      for (const token of emsp.options.tokens) await emsp.pushToken(token);
      this.timeline.note(`${spec.name} is registered on ${spec.version}`);
    }
  }

  /** The cdr_token of a partner's n-th driver. */
  driver(emsp: VirtualEmsp, n = 1): CdrToken {
    const { uid, contract } = driverOf(emsp.options, n);
    return { ...emsp.options.party, uid, type: 'RFID', contract_id: contract };
  }

  newSessionId(): string {
    return `S-${randomUUID().slice(0, 18)}`;
  }

  async stop(): Promise<void> {
    await Promise.all(this.partners.map(({ emsp }) => emsp.stop()));
    await (this.csms as VirtualCsms | undefined)?.close();
  }

  private async sender(): Promise<HttpEventSender | KafkaEventSender> {
    const { kafkaBrokers, topicPrefix, csmsUrl } = this.options;
    if (kafkaBrokers) return new KafkaEventSender(kafkaBrokers, { topicPrefix });
    const key = await this.admin.csmsKey('sandbox', [partyKey(SANDBOX_PARTY)]);
    return new HttpEventSender(csmsUrl, key, (refused) =>
      this.timeline.note(`not taken: ${refused.id} ${refused.reason ?? ''}`),
    );
  }
}
