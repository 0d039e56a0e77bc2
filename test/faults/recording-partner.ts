import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OcpiVersion, type PartyId, tokenCandidates } from '#ocpi';
import {
  EmspStore,
  type StoreAnswer,
  type Wire,
} from '../../apps/sandbox/src/partners/emsp-store.js';
import { GatewayLink } from '../../apps/sandbox/src/partners/gateway-link.js';
import { type GatewayRequest } from './gateway-connection.js';
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

  /** A promise only where something is waited for: pushes come in thousands a second. */
  handle(request: GatewayRequest, path: readonly string[]): Promise<void> | undefined {
    const [first, module, ...segments] = path;
    if (!this.knows(request.authorization)) answer(request, 401, 2000);
    else if (first === 'versions') {
      const url = `${this.baseUrl}/${this.version}`;
      answer(request, 200, 1000, { data: [{ version: this.version, url }] });
    } else if (module === undefined) answer(request, 200, 1000, { data: this.details() });
    else if (module === 'tokens') {
      answer(request, 200, 1000, { data: [], headers: 'X-Total-Count: 0\r\nX-Limit: 1000\r\n' });
    } else if (module === 'credentials') return this.answerCredentials(request);
    else if (request.method === 'GET') this.show(request, module, segments);
    else return this.receive(request, module, segments);
    return undefined;
  }

  private receive(
    request: GatewayRequest,
    module: string,
    segments: string[],
  ): Promise<void> | undefined {
    const { method, text } = request;
    const body = (text === '' ? {} : JSON.parse(text)) as Wire;
    const path = `${module}/${module === 'cdrs' ? String(body.id) : segments.join('/')}`;
    const object = segments.length > 3 ? `${module}/${segments.slice(0, 3).join('/')}` : path;
    const push: Push = { method, module, segments, body, object, path };
    this.ledger.begin(push);
    request.onEnd = () => this.ledger.end(push);
    const treatment = this.treat(push);
    if (treatment?.kind === 'slow') {
      return sleep(treatment.delayMs).then(() => {
        // Who gave up meanwhile may have asked again already: what it said is not heard any more.
        if (!request.isGone) this.take(request, push);
      });
    }
    if (treatment === undefined) this.take(request, push);
    else if (treatment.kind === 'refuse') {
      answer(request, treatment.httpStatus, treatment.ocpiStatus);
    } else if (treatment.kind !== 'silent') {
      if (treatment.kind === 'store-then-drop') this.keep(push, text);
      request.drop();
    }
    return undefined;
  }

  private take(request: GatewayRequest, push: Push): void {
    const { httpStatus, ocpiStatus, message } = this.keep(push, request.text);
    const headers =
      push.module === 'cdrs' ? `Location: ${this.baseUrl}/${this.version}/${push.path}\r\n` : '';
    answer(request, httpStatus, ocpiStatus, { message, headers });
    this.onAnswered(push);
  }

  private keep(push: Push, text: string): StoreAnswer {
    if (push.module === 'cdrs') {
      this.cdrPosts.push({ id: String(push.body.id), at: performance.now(), text });
    }
    const outcome = this.write(push);
    if (outcome.httpStatus < 300) {
      this.ledger.keep(push, text);
      this.onKept(push);
    }
    return outcome;
  }

  private write({ method, module, segments, body }: Push): StoreAnswer {
    if (module === 'cdrs') return this.store.addCdr(body);
    if (method === 'PUT') return this.store.put(module, segments, body);
    if (method === 'PATCH') return this.store.patch(module, segments, body);
    return this.store.delete(module, segments);
  }

  private show(request: GatewayRequest, module: string, segments: string[]): void {
    const object =
      module === 'cdrs'
        ? this.store.cdrs.get((segments[0] ?? '').toUpperCase())
        : this.store.get(module, segments);
    if (object) answer(request, 200, 1000, { data: object });
    else answer(request, 404, 2003);
  }

  private async answerCredentials(request: GatewayRequest): Promise<void> {
    if (request.method !== 'GET') {
      await this.link.accept(JSON.parse(request.text) as { token: string; url: string });
      this.link.ours = randomUUID();
    }
    answer(request, 200, 1000, { data: this.credentials() });
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

function answer(
  request: GatewayRequest,
  httpStatus: number,
  ocpiStatus: number,
  { data, message, headers }: Told = {},
): void {
  const body =
    data === undefined
      ? bareAnswer(ocpiStatus, message)
      : envelope({ data, status_code: ocpiStatus });
  request.answer(httpStatus, body, headers);
}

interface Told {
  data?: unknown;
  message?: string | undefined;
  headers?: string;
}

const bareAnswers = new Map<string, string>();

/** Answers without data differ in hardly anything, so each is written once; its stamp stays that of the first. */
function bareAnswer(ocpiStatus: number, message = ''): string {
  const name = `${ocpiStatus} ${message}`;
  let text = bareAnswers.get(name);
  if (text === undefined) {
    text = envelope({
      status_code: ocpiStatus,
      ...(message !== '' && { status_message: message }),
    });
    bareAnswers.set(name, text);
  }
  return text;
}

const envelope = (content: object): string =>
  JSON.stringify({ ...content, timestamp: new Date().toISOString() });
