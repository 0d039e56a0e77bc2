import { Injectable } from '@nestjs/common';
import {
  decodeToken,
  formatDateTime,
  type OcpiVersion,
  type PartyId,
  type Routing,
  type Token,
} from '#ocpi';
import { Clock, createLogger } from '#platform';
import { DataSource } from 'typeorm';
import { type ConnectedParty, type Connection, endpointUrl, partyIdOf } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { hostedPartyId } from '../hosted-party.js';
import { PartnerClient } from '../http/partner-client.js';
import { invalidateMissing } from '../tokens/invalidate-missing.js';
import { ownsTokensOf } from '../tokens/owns-tokens-of.js';
import { storeTokens } from '../tokens/store-tokens.js';
import { BrokenTokens } from './broken-tokens.js';
import { ListTally } from './list-tally.js';
import { crawlPages } from './page-crawl.js';

export interface PullResult {
  kind: 'full' | 'delta';
  /** The window this pull completed ends here; the next one begins here (TRN-31). */
  through: Date;
  received: number;
  /** New or changed. */
  stored: number;
  /** Objects that could not be read (TRN-19). */
  broken: number;
  /** Objects of parties that are none of the partner's (TRN-45). */
  foreign: number;
  /** Counted by the partner, but never arrived: the window is not done (TRN-31). */
  missing: number;
  /** Marked invalid, after a full pull that is surely whole (TOK-39). */
  invalidated: number;
  /** Why nothing was marked invalid after a full pull, for each list that is not surely whole. */
  doubts: string[];
}

export interface PullOptions {
  /** Only what changed since; all of them when left out. */
  since?: Date;
  signal?: AbortSignal;
  /** Awaited after each page that was stored; a pull that should stop is stopped by its rejection. */
  onPage?: () => Promise<unknown>;
}

/** A pull that runs. */
interface Pull {
  connection: Connection & { version: OcpiVersion };
  url: string;
  result: PullResult;
  broken: BrokenTokens;
  options: PullOptions;
}

interface Target {
  routing: Routing | undefined;
  /** Owners whose tokens this list is complete for. */
  owners: string[];
}

/** Fetches a partner's tokens: everything, or what changed since an instant (TOK-36 to TOK-39). */
@Injectable()
export class TokenPull {
  private readonly log = createLogger('token-pull');

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: PartnerClient,
    private readonly directory: ConnectionDirectory,
    private readonly clock: Clock,
  ) {}

  /** Undefined: the partner has no tokens to fetch (VER-11). @throws CrawlError; what arrived before is kept. */
  async run(
    connection: Connection & { version: OcpiVersion },
    options: PullOptions = {},
  ): Promise<PullResult | undefined> {
    const url = endpointUrl(connection, 'tokens', 'SENDER');
    if (url === undefined) return undefined;
    const through = this.clock.now();
    const result: PullResult = {
      kind: options.since ? 'delta' : 'full',
      through,
      received: 0,
      stored: 0,
      broken: 0,
      foreign: 0,
      missing: 0,
      invalidated: 0,
      doubts: [],
    };
    const broken = new BrokenTokens();
    const pulling: Pull = { connection, url, result, broken, options };
    try {
      for (const target of this.targets(connection)) await this.pullList(pulling, target);
    } finally {
      this.report(connection, broken);
    }
    return result;
  }

  /** One list from its first page to its last; counts into the pull. */
  private async pullList(
    { connection, url, result, broken, options: { since, signal, onPage } }: Pull,
    target: Target,
  ): Promise<void> {
    const tally = new ListTally();
    const query = {
      ...(since && {
        date_from: formatDateTime(since, connection.version),
        date_to: formatDateTime(result.through, connection.version),
      }),
      limit: connection.profile.tokenPullLimit,
    };
    const crawl = { connection, url, query, routing: target.routing };
    // The next page is fetched and read while this one is stored.
    let storing: Promise<unknown> = Promise.resolve();
    const store = async (tokens: readonly Token[]) => {
      result.stored += await storeTokens(this.dataSource, connection.id, tokens);
      await onPage?.();
    };
    try {
      const pages = crawlPages(this.client, { ...crawl, ...(signal && { signal }) });
      for await (const page of pages) {
        tally.page(page);
        const tokens = this.read(connection, page.items, { result, tally, broken });
        await storing;
        storing = store(tokens);
        storing.catch(() => undefined); // thrown where it is awaited
      }
    } finally {
      await storing;
    }
    result.missing += tally.missing;
    if (since) return;
    if (tally.doubt === undefined) {
      result.invalidated += await invalidateMissing(this.dataSource, connection.id, {
        owners: target.owners,
        seen: tally.seen,
        crawlStartedAt: result.through,
      });
    } else {
      result.doubts.push(tally.doubt);
    }
  }

  /** The tokens of a page that can be read and are the partner's; what else there is, is counted. */
  private read(
    connection: Connection & { version: OcpiVersion },
    items: readonly unknown[],
    { result, tally, broken }: Pick<Pull, 'result' | 'broken'> & { tally: ListTally },
  ): Token[] {
    const tokens: Token[] = [];
    const owner = ownerOf211(connection);
    for (const item of items) {
      result.received += 1;
      const token = decodeToken(connection.version, item, owner ? { urlParty: owner } : {});
      if (!token.ok) {
        result.broken += 1;
        tally.unreadable();
        broken.add(item, token.errors);
        continue;
      }
      tally.read(token.value);
      if (ownsTokensOf(connection, token.value)) tokens.push(token.value);
      else result.foreign += 1;
    }
    return tokens;
  }

  private report({ id }: Connection, { count, examples }: BrokenTokens): void {
    if (count === 0) return;
    this.log.warn({ connection: id, count, examples }, 'tokens of a list are broken');
  }

  /** One list per party of the partner, since plain platforms have no list of all (TRN-55); a hub's list holds everybody's. */
  private targets(connection: Connection): Target[] {
    const parties = connection.parties.filter(({ role }) => role === 'EMSP');
    const owners = connection.parties.map(({ partyKey }) => partyKey);
    const hub = connection.parties.find(({ role }) => role === 'HUB');
    const [own] = this.directory.hostedPartiesOf(connection);
    const from = own && hostedPartyId(own);
    const to = (party: ConnectedParty): Routing => ({
      to: partyIdOf(party),
      ...(from && { from }),
    });
    if (!connection.profile.routingHeaders) return [{ routing: undefined, owners }];
    if (connection.kind === 'hub' && hub) return [{ routing: to(hub), owners }];
    return parties.map((party) => ({ routing: to(party), owners: [party.partyKey] }));
  }
}

/** Tokens of 2.1.1 do not name their owner: it is the connection's one party (TRN-45). */
function ownerOf211({ version, parties }: Connection): PartyId | undefined {
  const [party] = parties;
  return version === '2.1.1' && party ? partyIdOf(party) : undefined;
}
