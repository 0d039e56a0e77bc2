import { tokenCandidates } from '#ocpi';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The token as shown, decoded where it is base64 of one we know. */
  authorization: string;
  body: ReturnType<typeof JSON.parse>;
}

export interface ScriptedAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as it is when a string. */
  body?: unknown;
  /** Never answers. */
  hang?: boolean;
  /** Acts, but its answer does not arrive. */
  lose?: boolean;
}

type Script = (
  request: RecordedRequest,
) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>;

export interface HandshakePartnerOptions {
  versions?: string[];
  /** Role modules of the details: `[identifier, role]`. */
  modules?: [string, 'SENDER' | 'RECEIVER'][];
  countryCode?: string;
  partyId?: string;
}

const MODULES: [string, 'SENDER' | 'RECEIVER'][] = [
  ['credentials', 'SENDER'],
  ['locations', 'RECEIVER'],
  ['sessions', 'RECEIVER'],
  ['cdrs', 'RECEIVER'],
  ['tariffs', 'RECEIVER'],
  ['tokens', 'SENDER'],
];

/** An eMSP on a real port that records what it gets and answers by script; without one it answers as a sound partner. */
export class HandshakePartner {
  readonly requests: RecordedRequest[] = [];
  /** Asked first; undefined leaves the usual answer. */
  script: Script = () => undefined;
  versions: string[];
  modules: [string, 'SENDER' | 'RECEIVER'][];
  /** What it answers to POST and PUT credentials. */
  issuedToken = 'partner-token-c-0123456789';
  readonly countryCode: string;
  readonly partyId: string;
  private server: Server;

  private constructor(options: HandshakePartnerOptions) {
    this.versions = options.versions ?? ['2.1.1', '2.2.1', '2.3.0'];
    this.modules = options.modules ?? MODULES;
    this.countryCode = options.countryCode ?? 'NL';
    this.partyId = options.partyId ?? 'TNM';
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const recorded: RecordedRequest = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          authorization: request.headers.authorization ?? '',
          body: text === '' ? undefined : JSON.parse(text),
        };
        this.requests.push(recorded);
        void Promise.resolve(this.script(recorded)).then((scripted) => {
          const answer = scripted ?? this.usual(recorded);
          if (answer.hang) return;
          if (answer.lose) {
            request.socket.destroy();
            return;
          }
          response.writeHead(answer.status ?? 200, {
            'content-type': 'application/json',
            ...answer.headers,
          });
          response.end(
            typeof answer.body === 'string'
              ? answer.body
              : JSON.stringify(answer.body ?? success()),
          );
        });
      });
    });
  }

  static async start(options: HandshakePartnerOptions = {}): Promise<HandshakePartner> {
    const partner = new HandshakePartner(options);
    await new Promise<void>((resolve) => partner.server.listen(0, '127.0.0.1', resolve));
    return partner;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get versionsUrl(): string {
    return `${this.base}/versions`;
  }

  /** The credentials object it sends. */
  credentials(version: string, token: string, extra: object = {}): object {
    const party = {
      party_id: this.partyId,
      country_code: this.countryCode,
      business_details: { name: 'Scripted eMSP' },
    };
    return version === '2.1.1'
      ? { token, url: this.versionsUrl, ...party, ...extra }
      : { token, url: this.versionsUrl, roles: [{ role: 'EMSP', ...party }], ...extra };
  }

  /** Requests so far, as `GET /versions`. */
  trace(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private usual({ method, path }: RecordedRequest): ScriptedAnswer {
    if (path === '/versions') {
      return {
        body: success(
          this.versions.map((version) => ({ version, url: `${this.base}/${version}` })),
        ),
      };
    }
    const [, version = '', module] = path.split('/');
    if (module === undefined && this.versions.includes(version)) {
      const endpoints = this.modules.map(([identifier, role]) => ({
        identifier,
        ...(version === '2.1.1' ? {} : { role }),
        url: `${this.base}/${version}/${identifier}`,
      }));
      return { body: success({ version, endpoints }) };
    }
    if (module === 'credentials' && (method === 'POST' || method === 'PUT')) {
      return { body: success(this.credentials(version, this.issuedToken)) };
    }
    if (module === 'tokens') {
      return { headers: { 'x-total-count': '0', 'x-limit': '100' }, body: success([]) };
    }
    return { body: success() };
  }
}

export const success = (data?: unknown): object => ({
  ...(data === undefined ? {} : { data }),
  status_code: 1000,
  timestamp: new Date().toISOString(),
});

/** Did the request show this token, in whatever encoding? */
export const shows = (request: RecordedRequest, token: string): boolean =>
  tokenCandidates(request.authorization).some((candidate) => candidate.token === token);
