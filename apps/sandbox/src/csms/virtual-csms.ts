import {
  type Authorizer,
  csmsEvent,
  type EventSender,
  type MessageReceiver,
  stateNetwork,
} from '#csms-client';
import { type CloudEvent, type EventTypeName, type RequestTypeName } from '#csms-contract';
import { type Evse, type Location } from '#ocpi';
import { CardReader, type Reading } from './card-reader.js';
import { type ChargingNetwork } from './charging-network.js';
import { Fleet, type Place, type VisitOptions } from './fleet.js';
import { newSessionId } from './new-session-id.js';
import { type ReceivedRequest, RequestDesk } from './request-desk.js';
import { RequestLedger } from './request-ledger.js';
import { type RequestMisbehaviour } from './request-misbehaviour.js';
import { actionsOn } from './requests/actions.js';
import { TokenShelf } from './token-shelf.js';
import { type VisitPace } from './visit.js';

export const SANDBOX_SOURCE = 'urn:sandbox:csms';

/** What the CSMS said, for the timeline. */
export interface Statement {
  at: Date;
  type: EventTypeName;
  content: Record<string, unknown>;
}

export interface VirtualCsmsOptions {
  /** By whom cards are decided on; without one only what the own copies of tokens allow. */
  authorizer?: Authorizer;
  /** How long a driver waits at the station for a verdict. */
  patienceMs?: number;
  /** Where requests are remembered, so that none is acted on twice after a restart. */
  ledgerFile?: string;
  /** How long a station waits for a car after a remote start. */
  connectionTimeoutMs?: number;
  /** Of sessions that begin with a command or a card. */
  pace?: VisitPace;
  /** Told of work that went wrong while nobody waited for it. */
  onTrouble?: (error: unknown) => void;
}

/**
 * A CSMS with its own chargers: states its network, tells what happens at it, asks about cards and does what partners
 * request, in the words of the contract.
 */
export class VirtualCsms {
  readonly fleet: Fleet;
  readonly tokens = new TokenShelf();
  private readonly ledger: RequestLedger;
  private readonly desk: RequestDesk;
  private readonly cards: CardReader;
  private readonly pace: VisitPace;
  private readonly onTrouble: (error: unknown) => void;
  private readonly statementListeners: ((statement: Statement) => void)[] = [];
  private readonly cardListeners: ((reading: Reading) => void)[] = [];
  private readonly messageListeners: ((message: CloudEvent) => void)[] = [];
  private receiver: MessageReceiver | undefined;
  private sequence = Date.now();

  constructor(
    readonly network: ChargingNetwork,
    private readonly sender: EventSender,
    options: VirtualCsmsOptions = {},
  ) {
    const { onTrouble = () => undefined, patienceMs = 5000 } = options;
    const { connectionTimeoutMs = 30_000, ledgerFile } = options;
    this.pace = { updates: 30, updateEveryMs: 1000, ...options.pace, isLive: true };
    this.onTrouble = onTrouble;
    const say = (type: EventTypeName, content: object): Promise<void> => this.say(type, content);
    this.fleet = new Fleet(network, say, onTrouble);
    this.ledger = new RequestLedger(ledgerFile);
    const remoteStart = { connectionTimeoutMs, pace: this.pace, onTrouble };
    this.desk = new RequestDesk({
      ...{ party: network.party, ledger: this.ledger, say, onTrouble },
      actions: actionsOn(this.fleet, remoteStart),
    });
    this.cards = new CardReader({
      ...{ party: network.party, tokens: this.tokens, patienceMs },
      authorizer: options.authorizer ?? { authorize: () => Promise.reject(new Error('no way')) },
    });
  }

  onStatement(listener: (statement: Statement) => void): void {
    this.statementListeners.push(listener);
  }

  onCard(listener: (reading: Reading) => void): void {
    this.cardListeners.push(listener);
  }

  onMessage(listener: (message: CloudEvent) => void): void {
    this.messageListeners.push(listener);
  }

  onRequest(listener: (request: ReceivedRequest) => void): void {
    this.desk.onRequest(listener);
  }

  stateNetwork(): Promise<void> {
    return stateNetwork(this.sender, this.network, SANDBOX_SOURCE);
  }

  /** Takes what the gateway says, from now on. */
  async listen(receiver: MessageReceiver): Promise<void> {
    this.receiver = receiver;
    await receiver.start((message) => this.hear(message));
  }

  async close(): Promise<void> {
    this.fleet.reservations.clear();
    await this.receiver?.close();
    await this.sender.close();
  }

  /** How often each request was acted on, by `command_id`. */
  get actedOn(): ReadonlyMap<string, number> {
    return this.ledger.actedOn;
  }

  /** When each request was acted on last, by `command_id`. */
  get actedAt(): ReadonlyMap<string, Date> {
    return this.ledger.actedAt;
  }

  /** Sets how requests of a kind go wrong from now on; undefined ends it. */
  misbehave(type: RequestTypeName | '*', misbehaviour: RequestMisbehaviour | undefined): void {
    this.desk.manners.misbehave(type, misbehaviour);
  }

  setStatus(location: Location, evse: Evse, status: Evse['status']): Promise<void> {
    return this.fleet.setStatus({ location, evse }, status);
  }

  /** A driver plugs in, and waits for somebody to start. */
  plugIn(evse: Evse): void {
    this.fleet.plugIn(evse);
  }

  visit(options: VisitOptions): Promise<void> {
    return this.fleet.visit(options);
  }

  /** A driver shows a card. When it is let in the car charges on after this has resolved. */
  async presentCard(uid: string, place: Place): Promise<Reading> {
    const reading = await this.cards.read(uid, place);
    for (const listener of this.cardListeners) listener(reading);
    const { admitted } = reading;
    if (admitted?.cdr_token) {
      const { cdr_token: token, auth_method: authMethod = 'WHITELIST' } = admitted;
      const visit = this.fleet.visit({
        ...this.pace,
        ...place,
        sessionId: newSessionId(),
        token,
        groupId: admitted.group_id,
        authMethod,
        authorizationReference: admitted.authorization_reference,
      });
      visit.catch(this.onTrouble);
    }
    return reading;
  }

  /** The operator limits a running session to so many watts, or no longer; whoever set a profile hears of it (CHP-30). */
  async limit(sessionId: string, watts: number | undefined): Promise<void> {
    const visit = this.fleet.visitOf(sessionId);
    if (!visit) return;
    visit.limits.ownLimit = watts;
    await visit.limitsChanged();
    const active = visit.limits.isLimited ? visit.limits.composite(900, new Date()) : undefined;
    await this.say('ocpi.charging-profile.changed.v1', {
      ...this.network.party,
      session_id: sessionId,
      ...(active && { active_charging_profile: active }),
    });
  }

  private hear(message: CloudEvent): void {
    this.tokens.hear(message);
    this.desk.take(message);
    for (const listener of this.messageListeners) listener(message);
  }

  private async say(type: EventTypeName, content: object): Promise<void> {
    const time = new Date();
    const data = { ...content };
    // Before partners can have heard of it, so that listeners hear everything in the order in which it happened.
    for (const listener of this.statementListeners) listener({ at: time, type, content: data });
    await this.sender.send([
      csmsEvent(type, data, { source: SANDBOX_SOURCE, time, sequence: ++this.sequence }),
    ]);
  }
}
