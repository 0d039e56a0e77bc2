import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type OcpiVersion, type PartyId, tokenCandidates } from '#ocpi';
import {
  EmspStore,
  type StoreAnswer,
  type Wire,
} from '../../apps/sandbox/src/partners/emsp-store.js';
import { GatewayLink } from '../../apps/sandbox/src/partners/gateway-link.js';
import { ObjectLedger, type Push } from './object-ledger.js';

/** How a partner treats a request that it does not simply take. */
export type Treatment =
  | { kind: 'refuse'; httpStatus: number; ocpiStatus: number }
  | { kind: 'drop' }
  | { kind: 'store-then-drop' }
  | { kind: 'silent' }
  | { kind: 'slow'; delayMs: number };

const MODULES = [
  ['credentials', 'SENDER'],
  ['tokens', 'SENDER'],
  ['locations', 'RECEIVER'],
  ['tariffs', 'RECEIVER'],
  ['sessions', 'RECEIVER'],
  ['cdrs', 'RECEIVER'],
] as const;

/** One eMSP of many on a `PartnerHost`: the real handshake, a store, and a ledger of what it was sent. */
export class RecordingPartner {
  readonly link: GatewayLink;
  readonly store: EmspStore;
  readonly ledger = new ObjectLedger();
  /** CDR ids as they were POSTed, repeats included. */
  readonly cdrPosts: { id: string; at: number; text: string }[] = [];
  treat: (push: Push) => Treatment | undefined = () => undefined;
  /** Called when a push was kept, before its answer is written. */
  onKept: (push: Push) => void = () => undefined;
  /** Called when the answer to a push has left. */
  onAnswered: (push: Push) => void = () => undefined;
  private knownHeader: string | undefined;

  constructor(
    readonly id: string,
    readonly version: OcpiVersion,
    readonly party: PartyId,
    /** Where the gateway reaches it; a proxy in between may have another port than the host. */
    private readonly baseUrl: string,
  ) {
    this.link = new GatewayLink(version, () => this.credentials());
    this.store = new EmspStore(version);
  }

  async register(given: { tokenA: string; versionsUrl: string }): Promise<void> {
    await this.link.register(given.versionsUrl, given.tokenA);
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    path: readonly string[],
  ): Promise<void> {
    const text = await readText(request);
    const [first, module, ...segments] = path;
    if (!this.knows(request.headers.authorization)) answer(response, 401, 2000);
    else if (first === 'versions') {
      const url = `${this.baseUrl}/${this.version}`;
      answer(response, 200, 1000, [{ version: this.version, url }]);
    } else if (module === undefined) answer(response, 200, 1000, this.details());
    else if (module === 'tokens') {
      response.setHeader('X-Total-Count', 0).setHeader('X-Limit', 1000);
      answer(response, 200, 1000, []);
    } else if (module === 'credentials') await this.answerCredentials(request, response, text);
    else if (request.method === 'GET') this.show(response, module, segments);
    else await this.receive(request, response, { module, segments, text });
  }

  private async receive(
    request: IncomingMessage,
    response: ServerResponse,
    { module, segments, text }: { module: string; segments: string[]; text: string },
  ): Promise<void> {
    const method = request.method ?? '';
    const body = (text === '' ? {} : JSON.parse(text)) as Wire;
    const name = module === 'cdrs' ? String(body.id) : segments.slice(0, 3).join('/');
    const push: Push = { method, module, segments, body, object: `${module}/${name}` };
    this.ledger.begin(push);
    response.once('close', () => this.ledger.end(push));
    const treatment = this.treat(push);
    if (treatment?.kind === 'silent') return;
    if (treatment?.kind === 'drop') return void request.socket.destroy();
    if (treatment?.kind === 'refuse') {
      answer(response, treatment.httpStatus, treatment.ocpiStatus);
      return;
    }
    if (treatment?.kind === 'slow') {
      await new Promise((resolve) => setTimeout(resolve, treatment.delayMs));
      // Who gave up meanwhile may have asked again already: what it said is not heard any more.
      if (request.socket.destroyed) return;
    }
    const outcome = this.keep(push, text);
    if (outcome.httpStatus < 300) this.onKept(push);
    if (treatment?.kind === 'store-then-drop') return void request.socket.destroy();
    if (module === 'cdrs')
      response.setHeader('Location', `${this.baseUrl}/${this.version}/cdrs/${name}`);
    response.once('finish', () => this.onAnswered(push));
    answer(response, outcome.httpStatus, outcome.ocpiStatus, undefined, outcome.message);
  }

  private keep(push: Push, text: string): StoreAnswer {
    const { method, module, segments, body } = push;
    if (module === 'cdrs') {
      this.cdrPosts.push({ id: String(body.id), at: performance.now(), text });
      this.ledger.keep(push, text);
      return this.store.addCdr(body);
    }
    const outcome =
      method === 'PUT'
        ? this.store.put(module, segments, body)
        : method === 'PATCH'
          ? this.store.patch(module, segments, body)
          : this.store.delete(module, segments);
    if (outcome.httpStatus < 300) this.ledger.keep(push, text);
    return outcome;
  }

  private show(response: ServerResponse, module: string, segments: string[]): void {
    const object =
      module === 'cdrs'
        ? this.store.cdrs.get((segments[0] ?? '').toUpperCase())
        : this.store.get(module, segments);
    if (object) answer(response, 200, 1000, object);
    else answer(response, 404, 2003);
  }

  private async answerCredentials(
    request: IncomingMessage,
    response: ServerResponse,
    text: string,
  ): Promise<void> {
    if (request.method !== 'GET') {
      await this.link.accept(JSON.parse(text) as { token: string; url: string });
      this.link.ours = randomUUID();
    }
    answer(response, 200, 1000, this.credentials());
  }

  private knows(header: string | undefined): boolean {
    if (header !== undefined && header === this.knownHeader) return true;
    const known = tokenCandidates(header).some(({ token }) => token === this.link.ours);
    if (known) this.knownHeader = header;
    return known;
  }

  private credentials(): Wire {
    const own = { business_details: { name: this.id }, ...this.party };
    const base = { token: this.link.ours, url: `${this.baseUrl}/versions` };
    return this.version === '2.1.1'
      ? { ...base, ...own }
      : { ...base, roles: [{ role: 'EMSP', ...own }] };
  }

  private details(): unknown {
    const endpoints = MODULES.map(([identifier, role]) => ({
      identifier,
      ...(this.version !== '2.1.1' && { role }),
      url: `${this.baseUrl}/${this.version}/${identifier}`,
    }));
    return { version: this.version, endpoints };
  }
}

/** By events: an iterator for each of thousands of requests a second costs as much as answering them. */
function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

function answer(
  response: ServerResponse,
  httpStatus: number,
  ocpiStatus: number,
  data?: unknown,
  message?: string,
): void {
  if (response.destroyed) return;
  const body = {
    ...(data !== undefined && { data }),
    status_code: ocpiStatus,
    ...(message !== undefined && { status_message: message }),
    timestamp: new Date().toISOString(),
  };
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(httpStatus, { 'Content-Type': 'application/json', 'Content-Length': length });
  response.end(text);
}
