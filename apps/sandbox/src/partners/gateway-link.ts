import { randomUUID } from 'node:crypto';
import {
  authorizationHeader,
  joinUrl,
  type OcpiVersion,
  type PartyId,
  readEnvelope,
  tokenEncoding,
} from '#ocpi';
import { Agent, request } from 'undici';

interface Endpoint {
  identifier: string;
  role?: string;
  url: string;
}

type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

interface Answer {
  data: unknown;
  headers: Record<string, string | string[] | undefined>;
}

/** A virtual partner's side of the credentials relationship: its two tokens and the gateway's endpoints. */
export class GatewayLink {
  /** The token that the gateway presents to us. */
  ours: string = randomUUID();
  private theirs: string | undefined;
  private endpoints: Endpoint[] = [];
  private readonly agent = new Agent({ keepAliveTimeout: 30_000 });

  constructor(
    private readonly version: OcpiVersion,
    private readonly credentials: () => unknown,
  ) {}

  get registered(): boolean {
    return this.theirs !== undefined;
  }

  /** GET versions, GET details, POST credentials with token A; keeps token C (CRD-19). */
  async register(versionsUrl: string, tokenA: string): Promise<void> {
    this.theirs = tokenA;
    await this.readEndpoints(versionsUrl);
    const answer = (await this.call('POST', this.url('credentials'), this.credentials())) as {
      token: string;
    };
    this.theirs = answer.token;
  }

  /** The gateway registered with us: keep its token and read its endpoints with it (CRD-02). */
  async accept(credentials: { token: string; url: string }): Promise<void> {
    this.theirs = credentials.token;
    await this.readEndpoints(credentials.url);
  }

  /** Reads the endpoints anew: what was remembered is wrong once the gateway stands at another address. */
  rediscover(versionsUrl: string): Promise<void> {
    return this.readEndpoints(versionsUrl);
  }

  forget(): void {
    this.theirs = undefined;
    this.endpoints = [];
  }

  /** Calls a module of the gateway; throws with the gateway's words unless it succeeds. */
  async send(
    method: Method,
    module: string,
    path: string,
    body?: unknown,
    from?: PartyId,
    to?: PartyId,
  ): Promise<unknown> {
    const [segments = '', query] = path.split('?');
    const parts = segments.split('/').filter(Boolean);
    const url = joinUrl(this.url(module), ...parts) + (query ? `?${query}` : '');
    return this.call(method, url, body, from, to);
  }

  /** The CPO parties behind the gateway, as its credentials name them now; 2.1.1 knows one per connection. */
  async parties(): Promise<PartyId[]> {
    const { roles, country_code, party_id } = (await this.call(
      'GET',
      this.url('credentials'),
    )) as Partial<PartyId> & { roles?: (PartyId & { role: string })[] };
    if (roles) return roles.filter(({ role }) => role === 'CPO').map(plainParty);
    return country_code && party_id ? [{ country_code, party_id }] : [];
  }

  /** Every object of a list of the gateway, following its links (TRN-28); `to` names the party where there are several (TRN-56). */
  async list(
    module: string,
    query = '',
    routing: { from?: PartyId; to?: PartyId } = {},
  ): Promise<Record<string, unknown>[]> {
    const objects: Record<string, unknown>[] = [];
    let next: string | undefined = this.url(module) + query;
    while (next !== undefined) {
      const page: Answer = await this.ask('GET', next, undefined, routing.from, routing.to);
      objects.push(...(page.data as Record<string, unknown>[]));
      next = /<([^>]+)>; *rel="next"/.exec(String(page.headers['link'] ?? ''))?.[1];
    }
    return objects;
  }

  toText(): string {
    return JSON.stringify({ ours: this.ours, theirs: this.theirs, endpoints: this.endpoints });
  }

  restore(text: string): void {
    const state = JSON.parse(text) as { ours: string; theirs?: string; endpoints: Endpoint[] };
    this.ours = state.ours;
    this.theirs = state.theirs;
    this.endpoints = state.endpoints;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private url(module: string): string {
    const endpoint = this.endpoints.find((candidate) => candidate.identifier === module);
    if (!endpoint) throw new Error(`The gateway offers no ${module} on ${this.version}`);
    return endpoint.url;
  }

  private async readEndpoints(versionsUrl: string): Promise<void> {
    const versions = (await this.call('GET', versionsUrl)) as { version: string; url: string }[];
    const offered = versions.find((candidate) => candidate.version === this.version);
    if (!offered) throw new Error(`The gateway does not offer ${this.version}`);
    const details = (await this.call('GET', offered.url)) as { endpoints: Endpoint[] };
    this.endpoints = details.endpoints;
  }

  private async call(
    method: Method,
    url: string,
    body?: unknown,
    from?: PartyId,
    to?: PartyId,
  ): Promise<unknown> {
    return (await this.ask(method, url, body, from, to)).data;
  }

  private async ask(
    method: Method,
    url: string,
    body?: unknown,
    from?: PartyId,
    to?: PartyId,
  ): Promise<Answer> {
    const routed = this.version !== '2.1.1' && from;
    const answer = await request(url, {
      method,
      dispatcher: this.agent,
      headers: {
        authorization: authorizationHeader(this.theirs ?? '', tokenEncoding(this.version)),
        'x-request-id': randomUUID(),
        'x-correlation-id': randomUUID(),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(routed && {
          'ocpi-from-country-code': from.country_code,
          'ocpi-from-party-id': from.party_id,
        }),
        ...(routed &&
          to && { 'ocpi-to-country-code': to.country_code, 'ocpi-to-party-id': to.party_id }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const read = readEnvelope(safeJson(text));
    if (answer.statusCode >= 300 || !read?.success) {
      throw new Error(`${method} ${url} → HTTP ${answer.statusCode}: ${text.slice(0, 300)}`);
    }
    return { data: read.data, headers: answer.headers };
  }
}

const plainParty = ({ country_code, party_id }: PartyId): PartyId => ({ country_code, party_id });

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
