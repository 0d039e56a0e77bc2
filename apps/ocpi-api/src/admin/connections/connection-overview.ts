import { Injectable } from '@nestjs/common';
import { owedCdrsOf } from '#partner-push';
import { profileDefaults, resolveProfile } from '#partners';
import { type OcpiVersion } from '#ocpi';
import { GatewaySettings } from '#platform';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problem.js';
import {
  type ConnectionDetails,
  type ConnectionView,
  type FeedState,
  type FeedView,
} from './connection-view.dto.js';

/** More than this is shown as this: counting on would cost more than it tells. */
const MOST_COUNTED = 100_000;
/** A younger backlog is the working of a feed at ease. */
const BEHIND_AFTER_SECONDS = 5;

type Row = Omit<ConnectionDetails, 'feed' | 'effectiveProfile'> & {
  hasFeed: boolean;
  isWalking: boolean;
} & Omit<FeedView, 'state'>;

const SELECT = `SELECT c.id, c.name, c.kind, c.state, c.paused, c.version, c.versions_url AS "versionsUrl",
    coalesce((SELECT json_agg(json_build_object('party', p.party_key, 'role', p.role,
        'name', p.business_details->>'name') ORDER BY p.party_key, p.role)
      FROM remote_party p WHERE p.connection_id = c.id), '[]') AS parties,
    coalesce((SELECT json_agg(json_build_object('identifier', e.identifier, 'role', e.role, 'url', e.url)
        ORDER BY e.identifier, e.role) FROM remote_endpoint e WHERE e.connection_id = c.id), '[]') AS endpoints,
    (SELECT count(*) FROM parked_push k WHERE k.connection_id = c.id) AS parked,
    ${owedCdrsOf('c.id')} AS "owedCdrs",
    c.deviations, c.last_seen_at AS "lastSeenAt",
    floor(extract(epoch FROM now() - c.token_issued_at))::int AS "tokenAgeSeconds",
    c.registered_at AS "registeredAt", c.created_at AS "createdAt",
    CASE WHEN c.traced_until > now() THEN c.traced_until END AS "tracedUntil",
    f.connection_id IS NOT NULL AS "hasFeed", f.snapshot IS NOT NULL AS "isWalking",
    coalesce(f.failures, 0) AS failures, f.resume_at AS "resumeAt", f.last_failure AS "lastFailure",
    f.last_success_at AS "lastSuccessAt",
    coalesce(lag.changes, 0) AS "lagChanges",
    coalesce(greatest(0, extract(epoch FROM clock_timestamp() - lag.oldest)), 0)::float AS "lagSeconds",
    c.allowed_parties AS "allowedParties", c.hosted_parties AS "hostedParties",
    c.offered_versions AS "offeredVersions", c.locations_shown AS "locationsShown",
    c.tariffs_shown AS "tariffsShown", c.preset, c.profile, c.token_pull AS "tokenPull",
    coalesce((SELECT json_agg(json_build_object('purpose', t.purpose, 'state', t.state, 'createdAt', t.created_at,
        'firstUsedAt', t.first_used_at, 'expiresAt', t.expires_at) ORDER BY t.created_at)
      FROM connection_token t WHERE t.connection_id = c.id), '[]') AS tokens
  FROM connection c
  LEFT JOIN feed f ON f.connection_id = c.id
  LEFT JOIN LATERAL (
    SELECT count(*) AS changes, min(at) AS oldest FROM (
      SELECT at FROM change WHERE (xid, seq) > (f.cursor_xid, f.cursor_seq)
       ORDER BY xid, seq LIMIT ${MOST_COUNTED}) unread) lag ON f.connection_id IS NOT NULL
 WHERE $1::text IS NULL OR c.id = $1
 ORDER BY c.id`;

/** Connections with what an operator asks first: agreed on what, how far behind, what is stuck. */
@Injectable()
export class ConnectionOverview {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: GatewaySettings,
  ) {}

  async list(): Promise<ConnectionView[]> {
    const rows = await this.dataSource.query<Row[]>(SELECT, [null]);
    return rows.map((row) => this.detailsOf(row)).map(withoutDetails);
  }

  /** @throws Problem 404 */
  async get(id: string): Promise<ConnectionDetails> {
    const [row] = await this.dataSource.query<Row[]>(SELECT, [id]);
    if (!row) throw Problem.notFound(`connection ${id}`);
    return this.detailsOf(row);
  }

  private detailsOf(row: Row): ConnectionDetails {
    const {
      hasFeed,
      isWalking,
      failures,
      resumeAt,
      lastFailure,
      lastSuccessAt,
      lagChanges,
      lagSeconds,
      ...connection
    } = row;
    const seconds = Math.round(lagSeconds * 10) / 10;
    return {
      ...connection,
      feed: {
        state: feedState({ ...row, hasFeed, isWalking, lagSeconds: seconds }),
        lagChanges,
        lagSeconds: seconds,
        failures,
        resumeAt,
        lastFailure,
        lastSuccessAt,
      },
      effectiveProfile: resolveProfile(
        connection.version as OcpiVersion | null,
        connection.profile,
        connection.preset,
        profileDefaults(this.settings),
      ),
    };
  }
}

function feedState(
  row: Pick<Row, 'state' | 'paused' | 'hasFeed' | 'isWalking' | 'failures' | 'lagSeconds'>,
): FeedState {
  if (row.state === 'rejected') return 'stopped';
  if (row.state !== 'registered' || !row.hasFeed) return 'none';
  if (row.paused) return 'paused';
  if (row.failures > 0) return 'backing-off';
  if (row.isWalking) return 'catching-up';
  return row.lagSeconds > BEHIND_AFTER_SECONDS ? 'behind' : 'live';
}

function withoutDetails(details: ConnectionDetails): ConnectionView {
  const {
    allowedParties: _allowed,
    hostedParties: _hosted,
    offeredVersions: _offered,
    locationsShown: _locations,
    tariffsShown: _tariffs,
    preset: _preset,
    profile: _profile,
    effectiveProfile: _effective,
    tokens: _tokens,
    tokenPull: _pull,
    ...view
  } = details;
  return view;
}
