import { joinUrl, listOf, readCount, readNextLink, type Routing, single, withQuery } from '#ocpi';
import { createHash } from 'node:crypto';
import { type Connection } from '../connection.js';
import { type PartnerClient } from '../http/partner-client.js';
import { type PartnerAnswered } from '../http/partner-request.js';

const MAX_PAGES = 100_000;
/** Of the biggest hub there may be; it bounds what a list without an end leaves behind. */
const MAX_OBJECTS = 10_000_000;
/** A cursor makes links long, but not this long. */
const MAX_LINK_LENGTH = 4096;
const MAX_REWINDS = 100;

/** How many may come of a list that counts so many: it may grow while it is read, or count one page only. */
const mostOf = (total: number): number => Math.min(MAX_OBJECTS, 2 * total + 10_000);

/** Why a crawl did not reach the end; nothing may be concluded from what it missed (TRN-31). */
export class CrawlError extends Error {
  constructor(
    message: string,
    /** The partner refused our token (CRD-27). */
    readonly unauthorized = false,
  ) {
    super(message);
    this.name = 'CrawlError';
  }
}

export interface Crawl {
  connection: Connection;
  url: string;
  query: Record<string, string | number | undefined>;
  routing: Routing | undefined;
  signal?: AbortSignal;
}

/** What one request of a crawl brought. */
export interface ListPage {
  items: unknown[];
  /** How many objects the whole list holds, as the partner says with this page. */
  total: number | undefined;
}

/**
 * The pages of a partner's list, by its links exactly as given (TRN-28), until there is none (TRN-72). Guards against
 * links in a circle, too long, without an end, to a foreign host, and missing ones (TRN-30); a count that falls means
 * something moved up behind us: the page before is asked for again, one earlier (TRN-29). That the crawl ends does not
 * mean that all arrived. @throws CrawlError
 */
export async function* crawlPages(
  client: PartnerClient,
  { connection, url, query, routing, signal }: Crawl,
): AsyncGenerator<ListPage> {
  const hosts = acceptedHosts(connection);
  const followed = new Set<string>();
  let current: string | undefined = withQuery(joinUrl(url), query);
  let previous: string | undefined;
  let lastTotal: number | undefined;
  let received = 0;
  let rewinds = 0;
  for (let page = 0; current !== undefined; page += 1) {
    if (page >= MAX_PAGES) throw new CrawlError('the list has no end');
    const print = fingerprint(current);
    if (followed.has(print)) throw new CrawlError('the links go in a circle');
    followed.add(print);
    const answer = await ask(client, connection, current, routing, signal);
    const items = listOf(answer);
    if (!items) throw new CrawlError('the answer holds no list');
    const total = readCount(single(answer.headers, 'x-total-count'));
    yield { items, total };
    received += items.length;
    const fell = total !== undefined && lastTotal !== undefined && total < lastTotal;
    lastTotal = total ?? lastTotal;
    const link = readNextLink(single(answer.headers, 'link'));
    let next: string | undefined = link === undefined ? undefined : new URL(link, current).href;
    if (link !== undefined && URL.canParse(link)) next = link;
    if (fell && previous !== undefined && rewinds < MAX_REWINDS) {
      rewinds += 1;
      next = withOffset(previous, Math.max(0, offsetOf(previous) - 1));
    } else if (next === undefined && total !== undefined && received < total && items.length > 0) {
      next = withOffset(current, offsetOf(current) + items.length);
    }
    if (next !== undefined) refuseUnlikely(next, hosts, received, lastTotal);
    previous = current;
    current = next;
  }
}

/** @throws CrawlError when a list should not be read on there. */
function refuseUnlikely(
  next: string,
  hosts: ReadonlySet<string>,
  received: number,
  total: number | undefined,
): void {
  if (received > (total === undefined ? MAX_OBJECTS : mostOf(total))) {
    throw new CrawlError(
      `the list goes on after ${received} objects and counts ${total ?? 'none'}`,
    );
  }
  if (next.length > MAX_LINK_LENGTH) {
    throw new CrawlError(`a link is longer than ${MAX_LINK_LENGTH} characters`);
  }
  if (!hosts.has(new URL(next).host)) {
    throw new CrawlError('a link leads to a host that is not the partner’s');
  }
}

async function ask(
  client: PartnerClient,
  connection: Connection,
  url: string,
  routing: Routing | undefined,
  signal: AbortSignal | undefined,
): Promise<PartnerAnswered> {
  const answer = await client.request({
    connectionId: connection.id,
    version: connection.version ?? undefined,
    method: 'GET',
    url,
    token: connection.outboundToken(),
    encoding: connection.outboundEncoding,
    timeoutMs: connection.profile.timeoutMs,
    ...(routing && { routing }),
    ...(signal && { signal }),
  });
  if (answer.kind === 'failed') throw new CrawlError(`no answer: ${answer.reason}`);
  const { httpStatus, ocpiStatus } = answer;
  if (httpStatus === 401 || httpStatus === 403) throw new CrawlError('unauthorized', true);
  const isSuccess = ocpiStatus !== undefined && ocpiStatus >= 1000 && ocpiStatus < 2000;
  if (httpStatus < 200 || httpStatus > 299 || !isSuccess) {
    throw new CrawlError(`answered HTTP ${httpStatus} and ${ocpiStatus ?? 'no status_code'}`);
  }
  return answer;
}

/** Our token goes only to hosts the partner named itself in its credentials and details (TRN-03). */
const acceptedHosts = ({ versionsUrl, endpoints }: Connection): Set<string> =>
  new Set(
    [versionsUrl, ...endpoints.map(({ url }) => url)].flatMap((url) =>
      url !== null && URL.canParse(url) ? [new URL(url).host] : [],
    ),
  );

/** Stands for a URL where a hundred thousand of them are kept. */
const fingerprint = (url: string): string =>
  createHash('sha256').update(url).digest('base64').slice(0, 22);

const offsetOf = (url: string): number => Number(new URL(url).searchParams.get('offset') ?? 0);

/** A cursor beside the offset would be for another one. */
function withOffset(url: string, offset: number): string {
  const target = new URL(url);
  target.searchParams.set('offset', String(offset));
  target.searchParams.delete('cursor');
  return target.href;
}
