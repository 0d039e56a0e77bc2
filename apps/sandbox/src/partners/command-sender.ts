import { randomUUID } from 'node:crypto';
import { type PartyId } from '#ocpi';
import { type Wire } from './emsp-store.js';
import { type GatewayLink } from './gateway-link.js';

/** An asynchronous result as it arrived. */
export interface ArrivedResult {
  at: Date;
  /** The last part of the response_url. */
  id: string;
  body: Wire;
}

/** A request on its way; results arrive under its id. */
export interface OpenCommand {
  id: string;
  /** `START_SESSION`, `PUT chargingprofiles` … */
  what: string;
  sentAt: Date;
}

/** One that the gateway has answered. */
export interface SentCommand extends OpenCommand {
  answeredAt: Date;
  answer: Wire;
}

/** Sends what has a `response_url`, and keeps what arrives there. */
export class CommandSender {
  readonly results: ArrivedResult[] = [];
  private readonly sentListeners: ((command: OpenCommand) => void)[] = [];
  private readonly answerListeners: ((command: SentCommand) => void)[] = [];
  private readonly resultListeners: ((result: ArrivedResult) => void)[] = [];

  constructor(
    private readonly link: GatewayLink,
    private readonly party: PartyId,
    private readonly responseUrl: (id: string) => string,
  ) {}

  onSent(listener: (command: OpenCommand) => void): void {
    this.sentListeners.push(listener);
  }

  onAnswer(listener: (command: SentCommand) => void): void {
    this.answerListeners.push(listener);
  }

  onResult(listener: (result: ArrivedResult) => void): void {
    this.resultListeners.push(listener);
  }

  /** POST commands/{name}; `body` without response_url. */
  command(name: string, body: Wire, to?: PartyId): Promise<SentCommand> {
    return this.send(name, (url) =>
      this.link.send(
        'POST',
        'commands',
        `/${name}`,
        { ...body, response_url: url },
        this.party,
        to,
      ),
    );
  }

  setProfile(sessionId: string, profile: Wire, to?: PartyId): Promise<SentCommand> {
    return this.send('PUT chargingprofiles', (url) => {
      const body = { charging_profile: profile, response_url: url };
      return this.link.send('PUT', 'chargingprofiles', `/${sessionId}`, body, this.party, to);
    });
  }

  clearProfile(sessionId: string, to?: PartyId): Promise<SentCommand> {
    return this.send('DELETE chargingprofiles', (url) => {
      const path = `/${sessionId}?response_url=${encodeURIComponent(url)}`;
      return this.link.send('DELETE', 'chargingprofiles', path, undefined, this.party, to);
    });
  }

  activeProfile(sessionId: string, duration: number, to?: PartyId): Promise<SentCommand> {
    return this.send('GET chargingprofiles', (url) => {
      const path = `/${sessionId}?duration=${duration}&response_url=${encodeURIComponent(url)}`;
      return this.link.send('GET', 'chargingprofiles', path, undefined, this.party, to);
    });
  }

  /** PUT {sessions}/{id}/charging_preferences: answered at once, without any response_url. */
  async setPreferences(sessionId: string, preferences: Wire, to?: PartyId): Promise<unknown> {
    const path = `/${sessionId}/charging_preferences`;
    return this.link.send('PUT', 'sessions', path, preferences, this.party, to);
  }

  /** All that arrived for one command, in order. */
  resultsOf(id: string): ArrivedResult[] {
    return this.results.filter((result) => result.id === id);
  }

  /** The gateway POSTed to /responses/{id}. */
  arrived(id: string, body: Wire): void {
    const result = { at: new Date(), id, body };
    this.results.push(result);
    for (const listener of this.resultListeners) listener(result);
  }

  private async send(
    what: string,
    call: (responseUrl: string) => Promise<unknown>,
  ): Promise<SentCommand> {
    const open = { id: randomUUID(), what, sentAt: new Date() };
    for (const listener of this.sentListeners) listener(open);
    const answer = (await call(this.responseUrl(open.id))) as Wire;
    const sent = { ...open, answeredAt: new Date(), answer };
    for (const listener of this.answerListeners) listener(sent);
    return sent;
  }
}
