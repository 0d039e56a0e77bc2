import { ago, duration, facts, table, until } from './print.js';

/** A connection as the admin API shows it. */
export interface Connection {
  id: string;
  name: string;
  kind: string;
  state: string;
  paused: boolean;
  version: string | null;
  versionsUrl: string | null;
  parties: { party: string; role: string; name: string | null }[];
  endpoints: { identifier: string; role: string; url: string }[];
  feed: {
    state: string;
    lagChanges: number;
    lagSeconds: number;
    failures: number;
    resumeAt: string | null;
    lastFailure: string | null;
    lastSuccessAt: string | null;
  };
  parked: number;
  owedCdrs: number;
  deviations: Record<string, string>;
  lastSeenAt: string | null;
  tokenAgeSeconds: number | null;
  registeredAt: string | null;
  tracedUntil: string | null;
}

export interface ConnectionDetails extends Connection {
  allowedParties: string[];
  hostedParties: string[] | null;
  offeredVersions: string[] | null;
  locationsShown: string;
  tariffsShown: string;
  preset: string | null;
  profile: Record<string, unknown>;
  effectiveProfile: Record<string, unknown>;
  tokens: { purpose: string; state: string; createdAt: string; firstUsedAt: string | null }[];
  tokenPull: TokenPull;
}

/** Where the periodic pull of its tokens stands; the admin API may say more. */
interface TokenPull {
  nextAt?: string;
  requested?: string;
  through?: string;
  failures?: number;
  outcome?: string;
}

export const connectionTable = (connections: readonly Connection[]): string =>
  table(
    [
      'ID',
      'NAME',
      'STATE',
      'VERSION',
      'PARTIES',
      'FEED',
      'LAG',
      'PARKED',
      'OWED CDRS',
      'CALLED US',
    ],
    connections.map((one) => [
      one.id,
      one.name,
      one.paused ? `${one.state}, paused` : one.state,
      one.version,
      [...new Set(one.parties.map(({ party }) => party))],
      one.feed.state,
      `${one.feed.lagChanges} / ${duration(one.feed.lagSeconds)}`,
      one.parked,
      one.owedCdrs,
      ago(one.lastSeenAt),
    ]),
  );

export function connectionFacts(one: ConnectionDetails): string {
  const { feed } = one;
  const deviations = Object.entries(one.deviations).map(([name, at]) => `${name} (${ago(at)})`);
  const summary = facts([
    ['id', one.id],
    ['name', one.name],
    ['kind', one.kind],
    ['state', one.paused ? `${one.state}, paused` : one.state],
    ['version', one.version],
    ['versions URL', one.versionsUrl],
    ['registered', ago(one.registeredAt)],
    ['last called us', ago(one.lastSeenAt)],
    ['token age', duration(one.tokenAgeSeconds)],
    ['may claim', one.allowedParties],
    ['claims', one.parties.map(({ party, role, name }) => `${party} ${role} ${name ?? ''}`.trim())],
    ['meets', one.hostedParties ?? 'all parties of ours'],
    ['offered', one.offeredVersions ?? 'all versions'],
    ['locations', one.locationsShown],
    ['tariffs', one.tariffsShown],
    ['preset', one.preset],
    ['own knobs', Object.entries(one.profile).map(([knob, value]) => `${knob}=${String(value)}`)],
    ['feed', `${feed.state}, ${feed.lagChanges} changes / ${duration(feed.lagSeconds)} behind`],
    ['last success', ago(feed.lastSuccessAt)],
    ['failures', feed.failures === 0 ? undefined : `${feed.failures}: ${feed.lastFailure ?? ''}`],
    ['next try', feed.resumeAt === null ? undefined : until(feed.resumeAt)],
    ['parked', one.parked],
    ['owed CDRs', one.owedCdrs],
    ['deviations', deviations],
    ['token pull', tokenPullText(one.tokenPull)],
    ['traced', one.tracedUntil === null ? undefined : `ends ${until(one.tracedUntil)}`],
    ['its tokens', one.tokens.map(({ purpose, state }) => `${purpose} (${state})`)],
  ]);
  const endpoints = table(
    ['MODULE', 'ROLE', 'URL'],
    one.endpoints.map(({ identifier, role, url }) => [identifier, role, url]),
  );
  return one.endpoints.length > 0 ? `${summary}\n\n${endpoints}` : summary;
}

function tokenPullText({ nextAt, requested, through, failures, outcome }: TokenPull): string {
  return [
    ...(outcome === undefined ? [] : [outcome]),
    ...(failures === undefined || failures === 0 ? [] : [`${failures} failures in a row`]),
    ...(through === undefined ? [] : [`all up to ${ago(through)}`]),
    ...(requested === undefined ? [] : [`${requested} pull asked for`]),
    ...(nextAt === undefined ? [] : [`next ${until(nextAt)}`]),
  ].join(', ');
}
