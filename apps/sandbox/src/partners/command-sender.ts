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

/** A command on its way: the gateway's answer, and the id under which results arrive. */
export interface SentCommand {
  id: string;
  sentAt: Date;
  answeredAt: Date;
  answer: Wire;
}

/** Sends what has a `response_url`, and keeps what arrives there. */
export class CommandSender {
  readonly results: ArrivedResult[] = [];
  private readonly listeners: ((result: ArrivedResult) => void)[] = [];

  constructor(
    private readonly link: GatewayLink,
    private readonly party: PartyId,
    private readonly responseUrl: (id: string) => string,
  ) {}

  onResult(listener: (result: ArrivedResult) => void): void {
    this.listeners.push(listener);
  }

  /** POST commands/{name}; `body` without response_url. */
  command(name: string, body: Wire, to?: PartyId): Promise<SentCommand> {
    return this.send((url) =>
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
    return this.send((url) => {
      const body = { charging_profile: profile, response_url: url };
      return this.link.send('PUT', 'chargingprofiles', `/${sessionId}`, body, this.party, to);
    });
  }

  clearProfile(sessionId: string, to?: PartyId): Promise<SentCommand> {
    return this.send((url) => {
      const path = `/${sessionId}?response_url=${encodeURIComponent(url)}`;
      return this.link.send('DELETE', 'chargingprofiles', path, undefined, this.party, to);
    });
  }

  activeProfile(sessionId: string, duration: number, to?: PartyId): Promise<SentCommand> {
    return this.send((url) => {
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
    for (const listener of this.listeners) listener(result);
  }

  private async send(call: (responseUrl: string) => Promise<unknown>): Promise<SentCommand> {
    const id = randomUUID();
    const sentAt = new Date();
    const answer = (await call(this.responseUrl(id))) as Wire;
    return { id, sentAt, answeredAt: new Date(), answer };
  }
}
