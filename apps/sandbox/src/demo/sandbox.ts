import {
  EventAuthorizer,
  HttpAuthorizer,
  HttpEventSender,
  HttpMessageReceiver,
  KafkaEventSender,
  KafkaMessageReceiver,
} from '#csms-client';
import { type CdrToken, partyKey } from '#ocpi';
import { buildNetwork } from '../csms/charging-network.js';
import { ControlServer } from '../csms/control-server.js';
import { type Place } from '../csms/fleet.js';
import { SANDBOX_SOURCE, VirtualCsms } from '../csms/virtual-csms.js';
import { type VirtualEmsp } from '../partners/virtual-emsp.js';
import { AdminClient } from './admin-client.js';
import { cardOf, SANDBOX_PARTNERS, sandboxPartner } from './sandbox-partners.js';
import { Timeline } from './timeline.js';

/** Cards that nobody has told of are asked of these partners. */
const PROFILE = { authorizeUnknown: true };

export const CSMS_CONTROL_PORT = 4200;

export const SANDBOX_PARTY = { country_code: 'NL', party_id: 'EVC' };

export interface SandboxOptions {
  adminUrl: string;
  adminKey: string;
  csmsUrl: string;
  /** The gateway's versions endpoint as partners reach it now. */
  versionsUrl: string;
  stateDir: string;
  /** The name by which the gateway reaches the partners; absent: they are for this machine alone. */
  host?: string;
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
  private csmsKey = '';
  private lastTrouble = '';
  private control: ControlServer | undefined;

  constructor(private readonly options: SandboxOptions) {
    this.admin = new AdminClient(options.adminUrl, options.adminKey);
  }

  /** Creates what is missing at the gateway, runs the handshakes, states the network. */
  async start(): Promise<void> {
    await this.admin.ensureHostedParty(SANDBOX_PARTY, 'Sandbox Charging');
    this.csms = await this.connectCsms();
    this.control = new ControlServer(this.csms);
    await this.control.start(CSMS_CONTROL_PORT);
    await this.csms.stateNetwork();
    const { locations, tariffs } = this.csms.network;
    this.timeline.note(`the CSMS stated ${locations.length} locations, ${tariffs.length} tariffs`);
    const known = new Map((await this.admin.connections()).map((c) => [c.id, c]));
    for (const spec of SANDBOX_PARTNERS) {
      const emsp = await sandboxPartner(spec, this.options).start();
      this.partners.push({ id: spec.id, emsp });
      this.follow(emsp);
      const connection = known.get(spec.id);
      if (connection?.state === 'registered' && emsp.link.registered) {
        await emsp.resume(this.options.versionsUrl);
        await this.admin.setProfile(spec.id, PROFILE);
        this.timeline.note(`${spec.name} is still registered, and pulled the network anew`);
        continue;
      }
      const { tokenA, versionsUrl } = connection
        ? await this.admin.newTokenA(spec.id)
        : await this.admin.createConnection(spec.id, spec.name, partyKey(spec.party));
      await this.admin.setProfile(spec.id, PROFILE);
      await emsp.register(versionsUrl, tokenA);
      for (const token of emsp.options.tokens) await emsp.pushToken(token);
      this.timeline.note(`${spec.name} is registered on ${spec.version}`);
    }
    await this.restateTokens();
  }

  /** By partner, the knobs that somebody has set beside those that a sandbox starts with. */
  async changedKnobs(): Promise<string[]> {
    const start: Record<string, unknown> = PROFILE;
    const found = await Promise.all(
      this.partners.map(async ({ id }) => {
        const knobs = Object.entries(await this.admin.profile(id))
          .filter(([name, value]) => value !== start[name])
          .map(([name, value]) => `${name}=${String(value)}`);
        return knobs.length === 0 ? [] : [`the profile of ${id} (${knobs.join(', ')})`];
      }),
    );
    return found.flat();
  }

  /** The cdr_token of a partner's n-th driver. */
  driver(emsp: VirtualEmsp, n = 1): CdrToken {
    const { uid, contract } = cardOf(emsp.options, n);
    return { ...emsp.options.party, uid, type: 'RFID', contract_id: contract };
  }

  /** An EVSE of the network, by the positions of its Location and in it. */
  placeAt(location: number, evse = 0): Place {
    const site = this.csms.network.locations[location];
    const found = site?.evses?.[evse];
    if (!site || !found) throw new Error('the network has too few locations');
    return { location: site, evse: found };
  }

  async stop(): Promise<void> {
    await Promise.all(this.partners.map(({ emsp }) => emsp.stop()));
    await this.control?.stop();
    await (this.csms as VirtualCsms | undefined)?.close();
  }

  /** The CSMS on the binding that the gateway uses: events, messages and questions go the same way. */
  private async connectCsms(): Promise<VirtualCsms> {
    const key = await this.admin.csmsKey('sandbox', [partyKey(SANDBOX_PARTY)]);
    this.csmsKey = key;
    const network = buildNetwork(SANDBOX_PARTY, new Date());
    const onTrouble = (error: unknown): void => this.complain(String(error));
    const { kafkaBrokers, topicPrefix, csmsUrl, stateDir } = this.options;
    const common = { ledgerFile: `${stateDir}/requests.jsonl`, onTrouble };
    if (kafkaBrokers) {
      const sender = new KafkaEventSender(kafkaBrokers, { topicPrefix });
      const authorizer = new EventAuthorizer(sender, SANDBOX_SOURCE);
      const csms = new VirtualCsms(network, sender, { ...common, authorizer });
      csms.onMessage((message) => authorizer.hear(message));
      this.followCsms(csms);
      await csms.listen(
        new KafkaMessageReceiver(kafkaBrokers, { topicPrefix, groupId: 'sandbox-csms', onTrouble }),
      );
      return csms;
    }
    const sender = new HttpEventSender(csmsUrl, key, (refused) =>
      this.timeline.note(`not taken: ${refused.id} ${refused.reason ?? ''}`),
    );
    const authorizer = new HttpAuthorizer([csmsUrl], key);
    const csms = new VirtualCsms(network, sender, { ...common, authorizer });
    this.followCsms(csms);
    await csms.listen(new HttpMessageReceiver([csmsUrl], key, { onTrouble }));
    return csms;
  }

  /** The CSMS keeps its copies of tokens in memory: it has them all told anew. */
  private async restateTokens(): Promise<void> {
    const answer = await fetch(`${this.options.csmsUrl}/csms/v1/messages/restate-tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.csmsKey}` },
    });
    if (!answer.ok) throw new Error(`restate-tokens → HTTP ${answer.status}`);
  }

  /** The same trouble again and again is told once. */
  private complain(trouble: string): void {
    if (trouble !== this.lastTrouble) this.timeline.note(trouble);
    this.lastTrouble = trouble;
  }

  private followCsms(csms: VirtualCsms): void {
    csms.onStatement((statement) => this.timeline.statement(statement));
    csms.onRequest((request) => this.timeline.request(request));
    csms.onCard((reading) => this.timeline.card(reading));
  }

  private follow(emsp: VirtualEmsp): void {
    const { timeline } = this;
    const { name, version } = emsp.options;
    emsp.onReceipt((receipt) => timeline.receipt(name, version, receipt));
    emsp.tokenDesk.onAsked((asked) => timeline.asked(name, version, asked));
    emsp.commands.onSent((command) => timeline.sends(name, version, command));
    emsp.commands.onAnswer((command) => timeline.answered(name, version, command));
  }
}
