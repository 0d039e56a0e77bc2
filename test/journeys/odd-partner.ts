import { tokenCandidates, type OcpiVersion } from '#ocpi';
import {
  PartnerServer,
  type RecordedRequest,
  type ScriptedAnswer,
} from '../harness/partner-server.js';

export interface PartnerCall {
  status: number;
  json: ReturnType<typeof JSON.parse>;
  text: string;
}

const MODULES: [string, 'SENDER' | 'RECEIVER'][] = [
  ['credentials', 'SENDER'],
  ['tokens', 'SENDER'],
  ['locations', 'RECEIVER'],
  ['tariffs', 'RECEIVER'],
  ['sessions', 'RECEIVER'],
  ['cdrs', 'RECEIVER'],
];

/**
 * A partner of all versions that does what few do and OCPI allows: URLs with a query and no likeness to anybody's, names
 * of headers in capitals, 401 for every request without the token it accepts now.
 */
export class OddPartner {
  /** The token that we have to show. */
  accepted = '';
  /** What it answers to our PUT. */
  nextToken: string | undefined;
  /** Part of its module URLs; a new one moves them. */
  place = 'x';
  /** Stands at the end of its module URLs: nothing, or a slash. */
  slash = '';
  /** How it answers a new CDR. */
  cdrStatus = 201;
  /** Requests that it turned away. */
  readonly refused: string[] = [];
  /** What it was ever asked: `PUT 2.2.1/loc`. */
  readonly asked = new Set<string>();
  roles: object[] | undefined;
  /** Tokens of drivers that its list shows, one a page; of none it shows no `data` at all. */
  cards: object[] = [];
  /** Goes before the usual answers. */
  script: (request: RecordedRequest) => ScriptedAnswer | undefined = () => undefined;

  private constructor(
    readonly server: PartnerServer,
    readonly party: { country_code: string; party_id: string },
  ) {
    server.script = (request) => this.answer(request);
  }

  static async start(party: { country_code: string; party_id: string }): Promise<OddPartner> {
    return new OddPartner(await PartnerServer.start(), party);
  }

  get versionsUrl(): string {
    return `${this.server.url}/who?are=you`;
  }

  credentials(version: OcpiVersion, token: string): Record<string, unknown> {
    const own = { business_details: { name: 'Odd' }, ...this.party };
    const base = { token, url: this.versionsUrl };
    return version === '2.1.1'
      ? { ...base, ...own }
      : { ...base, roles: this.roles ?? [{ role: 'EMSP', ...own }] };
  }

  /** The path of a module as this partner names it now. */
  pathOf(version: OcpiVersion, module: string, object = this.slash): string {
    return `/${this.place}/9/${version}/${module.slice(0, 3)}${object}?k=1`;
  }

  /** Functional requests that came to this version's URLs. */
  pushesAt(version: OcpiVersion, place = this.place): RecordedRequest[] {
    return this.server.pushes.filter(
      ({ path }) => path.startsWith(`/${place}/9/${version}/`) && !path.includes('/cre'),
    );
  }

  private answer(request: RecordedRequest): ScriptedAnswer {
    const shown = tokenCandidates(request.headers.authorization);
    if (!shown.some(({ token }) => token === this.accepted)) {
      this.refused.push(`${request.method} ${request.path}`);
      return { status: 401, ocpi: 2000 };
    }
    const [, version = '', module = ''] = /\/(2\.\d\.\d)(?:\/(\w{3})|\?)/.exec(request.path) ?? [];
    this.asked.add(`${request.method} ${version}/${module}`);
    return this.script(request) ?? this.usual(request);
  }

  private usual({ method, path, body }: RecordedRequest): ScriptedAnswer {
    const url = new URL(path, this.server.url);
    const pathname = url.pathname.replace(/\/$/, '');
    if (pathname === '/who') {
      const versions = ['2.1.1', '2.2.1', '2.3.0'];
      return { data: versions.map((version) => ({ version, url: this.detailsOf(version) })) };
    }
    const version = /\/(2\.\d\.\d)(?:\/|$)/.exec(pathname)?.[1] as OcpiVersion;
    if (pathname.startsWith('/about')) {
      const endpoints = MODULES.map(([identifier, role]) => ({
        identifier,
        ...(version !== '2.1.1' && { role }),
        url: `${this.server.url}${this.pathOf(version, identifier)}`,
      }));
      return { data: { version, endpoints } };
    }
    if (pathname.endsWith('/tok')) {
      return this.tokens(version, url);
    }
    if (pathname.endsWith('/cdr') && method === 'POST') {
      const where = `${this.server.url}${this.pathOf(version, 'cdrs', `/${body.id}`)}`;
      return { status: this.cdrStatus, headers: { LOCATION: where } };
    }
    if (pathname.endsWith('/cre') && method === 'PUT') {
      this.accepted = this.nextToken ?? this.accepted;
      return { data: this.credentials(version, this.accepted) };
    }
    // Where no payload is due anything may stand.
    return { data: method === 'PUT' ? 'ok' : method === 'PATCH' ? {} : null };
  }

  private tokens(version: OcpiVersion, url: URL): ScriptedAnswer {
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const page = this.cards.slice(offset, offset + 1);
    const next = `${this.server.url}${this.pathOf(version, 'tokens')}&offset=${offset + 1}`;
    const isLast = offset + 1 >= this.cards.length;
    return {
      headers: {
        'X-TOTAL-COUNT': String(this.cards.length),
        'x-LIMIT': '1',
        ...(!isLast && { LINK: `<${next}>; rel="next"` }),
      },
      ...(page.length > 0 && { data: page }),
    };
  }

  private detailsOf(version: string): string {
    return `${this.server.url}/about/${version}?v=1`;
  }
}

/** Asks the gateway as a partner. */
export async function askGateway(
  url: string,
  given: {
    method?: string;
    token: string;
    encoding?: 'raw' | 'base64';
    body?: unknown;
    headers?: Record<string, string>;
  },
): Promise<PartnerCall> {
  const encoding = given.encoding ?? (url.includes('/2.1.1') ? 'raw' : 'base64');
  const shown = encoding === 'raw' ? given.token : Buffer.from(given.token).toString('base64');
  const answer = await fetch(url, {
    method: given.method ?? 'GET',
    headers: {
      authorization: `Token ${shown}`,
      ...(given.body !== undefined && { 'content-type': 'application/json' }),
      ...given.headers,
    },
    ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: JSON.parse(text), text };
}
