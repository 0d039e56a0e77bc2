import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { envelope, foldId, type OcpiVersion, type PartyId, tokenCandidates } from '#ocpi';
import { CommandSender } from './command-sender.js';
import { EmspStore, type StoreAnswer, type Wire } from './emsp-store.js';
import { GatewayLink } from './gateway-link.js';
import { type Misbehaviour, MisbehaviourSwitch } from './misbehaviour.js';
import { TokenDesk } from './token-desk.js';

export interface VirtualEmspOptions {
  name: string;
  party: PartyId;
  version: OcpiVersion;
  /** 0 or absent: a free one. */
  port?: number;
  /** The name by which others reach it; it then listens on all addresses. Absent: 127.0.0.1 alone. */
  host?: string;
  /** Driver tokens it has issued when it starts. */
  tokens: readonly Wire[];
  /** Where credentials are remembered, so that the connection outlives a restart. */
  stateFile?: string;
}

/** A request that the gateway made and what it was told: for timelines and assertions. */
export interface Receipt {
  at: Date;
  method: string;
  module: string;
  segments: string[];
  body: unknown;
  headers: IncomingMessage['headers'];
  httpStatus: number;
}

/** An eMSP on one version of OCPI: a real HTTP server with the real handshake, that keeps what it is sent. */
export class VirtualEmsp {
  readonly store: EmspStore;
  readonly misbehaviour = new MisbehaviourSwitch();
  readonly receipts: Receipt[] = [];
  readonly link: GatewayLink;
  /** Commands to the gateway, and their results. */
  readonly commands: CommandSender;
  /** What it answers when it is asked about a token. */
  readonly tokenDesk: TokenDesk;
  /** Active charging profiles that it was told of, by session. */
  readonly activeProfiles = new Map<string, Wire[]>();
  private readonly tokens: Wire[];
  private readonly server: Server;
  private readonly listeners: ((receipt: Receipt) => void)[] = [];

  constructor(readonly options: VirtualEmspOptions) {
    this.store = new EmspStore(options.version);
    this.link = new GatewayLink(options.version, () => this.credentials());
    this.tokens = [...options.tokens];
    this.tokenDesk = new TokenDesk(options.version, this.tokens);
    this.commands = new CommandSender(
      this.link,
      options.party,
      (id) => `${this.baseUrl}/responses/${id}`,
    );
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        answer(response, 500, { ocpiStatus: 3000, message: String(error) });
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? new Error(this.portTaken()) : error),
      );
      const { port = 0, host } = this.options;
      this.server.listen(port, host === undefined ? '127.0.0.1' : '0.0.0.0', resolve);
    });
    this.restore();
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.link.close();
  }

  private portTaken(): string {
    const { name, port } = this.options;
    return `${name} needs port ${port ?? 0}, which something else listens on`;
  }

  get baseUrl(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${this.options.host ?? '127.0.0.1'}:${port}/ocpi`;
  }

  get versionsUrl(): string {
    return `${this.baseUrl}/versions`;
  }

  onReceipt(listener: (receipt: Receipt) => void): void {
    this.listeners.push(listener);
  }

  /** Runs the handshake with the token A that the gateway's operator handed over. */
  async register(gatewayVersionsUrl: string, tokenA: string): Promise<void> {
    await this.link.register(gatewayVersionsUrl, tokenA);
    this.remember();
  }

  /** Goes on with a connection that outlived a restart of both sides, wherever the gateway now stands. */
  async resume(gatewayVersionsUrl: string): Promise<void> {
    await this.link.rediscover(gatewayVersionsUrl);
    this.remember();
    await this.pull();
  }

  /** Issues a token, or a newer state of one, and tells the gateway by PUT. */
  async pushToken(token: Wire): Promise<void> {
    const { country_code: cc, party_id: pid } = this.options.party;
    this.issue(token);
    const type = this.options.version === '2.1.1' ? '' : `?type=${String(token.type)}`;
    await this.link.send('PUT', 'tokens', `/${cc}/${pid}/${String(token.uid)}${type}`, token, {
      ...this.options.party,
    });
  }

  /**
   * Fills the store from the gateway's lists, as an eMSP does that has lost or not yet built its copy: a list per CPO
   * party, because a list of several must say whose is meant (TRN-56). 2.1.1 has no such headers, and one party.
   */
  async pull(): Promise<void> {
    const from = this.options.party;
    for (const to of await this.link.parties()) {
      const { country_code: cc, party_id: pid } = to;
      for (const module of ['locations', 'tariffs'] as const) {
        for (const object of await this.link.list(module, '', { from, to })) {
          this.store.put(module, [cc, pid, String(object.id)], object);
        }
      }
    }
  }

  private credentials(): Wire {
    const { party, name, version } = this.options;
    const own = { business_details: { name }, ...party };
    const base = { token: this.link.ours, url: this.versionsUrl };
    return version === '2.1.1'
      ? { ...base, ...own }
      : { ...base, roles: [{ role: 'EMSP', ...own }] };
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://partner');
    if (url.pathname === '/control/misbehave') {
      this.misbehaviour.set((await readJson(request)) as Misbehaviour | undefined);
      answer(response, 200, { ocpiStatus: 1000 });
      return;
    }
    const known = tokenCandidates(request.headers.authorization).some(
      (candidate) => candidate.token === this.link.ours,
    );
    if (!known) {
      answer(response, 401, { ocpiStatus: 2000, message: 'unknown token' });
      return;
    }

    const [, , ...path] = url.pathname.split('/').map(decodeURIComponent);
    if (path[0] === 'versions') {
      this.ok(response, this.versions());
      return;
    }
    if (path[0] === 'responses') {
      return this.receive(request, response, 'responses', path.slice(1), url);
    }
    if (path[0] !== this.options.version) {
      answer(response, 404, { ocpiStatus: 2000 });
      return;
    }
    const [, module = '', ...segments] = path;
    if (module === '') {
      this.ok(response, this.details());
      return;
    }
    if (module === 'credentials') return this.answerCredentials(request, response);
    if (module === 'tokens' && request.method === 'GET') {
      this.listTokens(url, response);
      return;
    }
    await this.receive(request, response, module, segments, url);
  }

  private async receive(
    request: IncomingMessage,
    response: ServerResponse,
    module: string,
    segments: string[],
    url: URL,
  ): Promise<void> {
    const body = await readJson(request);
    const bad = this.misbehaviour.next();
    if (bad?.kind === 'silent') return;
    if (bad?.kind === 'drop') return void request.socket.destroy();
    if (bad?.kind === 'slow') await sleep(bad.delayMs);
    if (bad?.kind === 'error') {
      if (bad.retryAfterSeconds) response.setHeader('Retry-After', bad.retryAfterSeconds);
      this.note(request, module, segments, body, bad.httpStatus);
      answer(response, bad.httpStatus, { ocpiStatus: 3000, message: 'on request' });
      return;
    }
    if (bad?.kind === 'refuse') {
      this.note(request, module, segments, body, 200);
      answer(response, 200, { ocpiStatus: bad.ocpiStatus, message: 'on request' });
      return;
    }
    const outcome =
      module === 'tokens'
        ? await this.answerToken(segments, url, body)
        : this.apply(request.method ?? 'GET', module, segments, body as Wire);
    this.note(request, module, segments, body, outcome.httpStatus);
    if (bad?.kind === 'store-then-drop') return void request.socket.destroy();
    if (outcome.id !== undefined) {
      response.setHeader('Location', `${this.baseUrl}/${this.options.version}/cdrs/${outcome.id}`);
    }
    answer(response, outcome.httpStatus, outcome);
  }

  /** POST tokens/{uid}/authorize. */
  private answerToken(
    [uid = '', verb]: string[],
    url: URL,
    location: unknown,
  ): Promise<StoreAnswer & { id?: string; data?: unknown }> {
    if (verb !== 'authorize') return Promise.resolve({ httpStatus: 405, ocpiStatus: 2000 });
    return this.tokenDesk.authorize(uid, url.searchParams.get('type') ?? 'RFID', location);
  }

  private apply(
    method: string,
    module: string,
    segments: string[],
    body: Wire,
  ): StoreAnswer & { id?: string; data?: unknown } {
    if (module === 'cdrs' && method === 'POST') return this.store.addCdr(body);
    if (method === 'GET') {
      const object =
        module === 'cdrs'
          ? this.store.cdrs.get((segments[0] ?? '').toUpperCase())
          : this.store.get(module, segments);
      return object
        ? { httpStatus: 200, ocpiStatus: 1000, data: object }
        : { httpStatus: 404, ocpiStatus: 2003 };
    }
    if (module === 'responses') {
      this.commands.arrived(segments[0] ?? '', body);
      return { httpStatus: 200, ocpiStatus: 1000 };
    }
    if (module === 'chargingprofiles' && method === 'PUT') {
      const id = foldId(segments[0] ?? '');
      this.activeProfiles.set(id, [...(this.activeProfiles.get(id) ?? []), body]);
      return { httpStatus: 200, ocpiStatus: 1000 };
    }
    if (method === 'PUT') return this.store.put(module, segments, body);
    if (method === 'PATCH') return this.store.patch(module, segments, body);
    if (method === 'DELETE') return this.store.delete(module, segments);
    return { httpStatus: 405, ocpiStatus: 2000 };
  }

  private async answerCredentials(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method === 'GET') {
      this.ok(response, this.credentials());
      return;
    }
    if (request.method === 'DELETE') {
      this.link.forget();
      this.remember();
      answer(response, 200, { ocpiStatus: 1000 });
      return;
    }
    const theirs = (await readJson(request)) as { token: string; url: string };
    await this.link.accept(theirs);
    this.link.ours = randomUUID();
    this.remember();
    this.ok(response, this.credentials());
  }

  /** Listed from now on: a full pull takes back what a partner does not list (TOK-39). */
  private issue(token: Wire): void {
    const same = ({ uid, type }: Wire) => uid === token.uid && type === token.type;
    const at = this.tokens.findIndex(same);
    if (at === -1) this.tokens.push(token);
    else this.tokens[at] = token;
  }

  private listTokens(url: URL, response: ServerResponse): void {
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const limit = Math.min(Number(url.searchParams.get('limit') ?? 1000), 1000);
    const page = this.tokens.slice(offset, offset + limit);
    response.setHeader('X-Total-Count', this.tokens.length);
    response.setHeader('X-Limit', 1000);
    if (offset + limit < this.tokens.length) {
      const next = `${this.baseUrl}/${this.options.version}/tokens?offset=${offset + limit}&limit=${limit}`;
      response.setHeader('Link', `<${next}>; rel="next"`);
    }
    this.ok(response, page);
  }

  private versions(): unknown {
    return [{ version: this.options.version, url: `${this.baseUrl}/${this.options.version}` }];
  }

  private details(): unknown {
    const { version } = this.options;
    const modules: [string, string][] = [
      ['credentials', 'SENDER'],
      ['tokens', 'SENDER'],
      ['locations', 'RECEIVER'],
      ['tariffs', 'RECEIVER'],
      ['sessions', 'RECEIVER'],
      ['cdrs', 'RECEIVER'],
      ...(version === '2.1.1' ? [] : [['chargingprofiles', 'SENDER'] as [string, string]]),
    ];
    const endpoints = modules.map(([identifier, role]) => ({
      identifier,
      ...(version !== '2.1.1' && { role }),
      url: `${this.baseUrl}/${version}/${identifier}`,
    }));
    return { version, endpoints };
  }

  private ok(response: ServerResponse, data: unknown): void {
    answer(response, 200, { ocpiStatus: 1000, data });
  }

  private note(
    request: IncomingMessage,
    module: string,
    segments: string[],
    body: unknown,
    httpStatus: number,
  ): void {
    const receipt: Receipt = {
      at: new Date(),
      method: request.method ?? 'GET',
      module,
      segments,
      body,
      headers: request.headers,
      httpStatus,
    };
    this.receipts.push(receipt);
    if (this.receipts.length > 5000) this.receipts.splice(0, 1000);
    for (const listener of this.listeners) listener(receipt);
  }

  private restore(): void {
    const file = this.options.stateFile;
    if (file && existsSync(file)) this.link.restore(readFileSync(file, 'utf8'));
  }

  private remember(): void {
    const file = this.options.stateFile;
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, this.link.toText(), { mode: 0o600 });
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function answer(
  response: ServerResponse,
  httpStatus: number,
  outcome: { ocpiStatus: number; message?: string; data?: unknown },
): void {
  const body = envelope(outcome.data, {
    statusCode: outcome.ocpiStatus,
    ...(outcome.message !== undefined && { message: outcome.message }),
    now: new Date(),
  });
  response.writeHead(httpStatus, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
