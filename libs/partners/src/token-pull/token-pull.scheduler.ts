import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { recordAct } from '#audit';
import { takeLease } from '#database';
import { parseDateTime } from '#ocpi';
import { createLogger } from '#platform';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type Connection, isLive } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { rejectConnection } from '../connections/reject-connection.js';
import { CrawlError } from './page-crawl.js';
import { pullOutcome } from './pull-outcome.js';
import { type PullResult, TokenPull } from './token-pull.js';

const LOOK_EVERY_MS = 2000;
const LEASE_SECONDS = 60;
const RENEW_EVERY_MS = 5000;

/** The connection was paused, rejected or ended while its tokens were pulled. */
class PullStoppedError extends Error {}

type PullKind = PullResult['kind'];

/** What is kept of a connection's pulls, in `connection.token_pull`. */
interface TokenPullState {
  /** Not before this; absent = now. */
  nextAt?: string;
  /** Asked for since the last pull began: at least this much is pulled once more. */
  requested?: PullKind;
  /** End of the last complete window. */
  through?: string;
  fullAt?: string;
  failures?: number;
  outcome?: string;
  result?: Omit<PullResult, 'through' | 'kind'>;
}

/**
 * Pulls the tokens of every live connection: all of them after a registration and now and then, in between what changed
 * (TOK-38). Intervals vary by a tenth, so that partners are not asked all at once (TRN-16). One replica at a time.
 */
@Injectable()
export class TokenPullScheduler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = createLogger('token-pull');
  private readonly owner = randomUUID();
  private readonly abort = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly pull: TokenPull,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.working ??= this.runDue().finally(() => {
        this.working = undefined;
      });
    }, LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.abort.abort();
    await this.working;
  }

  /** Does every pull that is due, one connection after another; never rejects. */
  async runDue(): Promise<void> {
    for (const connection of await this.due()) {
      if (this.abort.signal.aborted) return;
      try {
        await this.runIfDue(connection);
      } catch (error) {
        this.log.warn({ err: error, connection: connection.id }, 'pull of tokens failed');
      }
    }
  }

  private async due(): Promise<Connection[]> {
    const pulled = this.directory
      .all()
      .filter((connection) => isLive(connection) && connection.profile.tokenPull !== 'none');
    try {
      const states = await this.statesOf(pulled.map(({ id }) => id));
      return pulled.filter(({ id }) => isDue(states.get(id)));
    } catch (error) {
      this.log.warn({ err: error }, 'which pulls of tokens are due cannot be told');
      return [];
    }
  }

  private async runIfDue(connection: Connection): Promise<void> {
    const seen = (await this.statesOf([connection.id])).get(connection.id);
    if (!isLive(connection) || !isDue(seen)) return;
    if (!(await this.lease(connection.id))) return;
    const state = await this.begin(connection.id);
    const { profile } = connection;
    const fullAge = Date.now() - Date.parse(state.fullAt ?? '');
    const since =
      state.through !== undefined && fullAge < profile.tokenFullPullIntervalSeconds * 1000
        ? parseDateTime(state.through)
        : undefined;
    const overlapMs = connection.version === '2.1.1' ? profile.tokenPullOverlapSeconds * 1000 : 0;
    let renewedAt = performance.now();
    const afterPage = async (): Promise<void> => {
      const now = this.directory.get(connection.id);
      if (!now || !isLive(now)) throw new PullStoppedError();
      if (performance.now() - renewedAt < RENEW_EVERY_MS) return;
      renewedAt = performance.now();
      await this.lease(connection.id);
    };
    try {
      const result = await this.pull.run(connection, {
        ...(since && { since: new Date(since.getTime() - overlapMs) }),
        signal: this.abort.signal,
        onPage: afterPage,
      });
      await this.finish(connection, {
        ...state,
        failures: 0,
        nextAt: inSeconds(profile.tokenPullIntervalSeconds * jitter()),
        ...(result ? describe(result) : { outcome: 'none' }),
      });
    } catch (error) {
      if (this.abort.signal.aborted) return;
      if (error instanceof PullStoppedError) {
        // Due at once when the connection goes on; what one that ended had pulled is gone with it.
        const { nextAt: _past, ...rest } = state;
        await this.finish(connection, { ...rest, outcome: 'stopped' });
        return;
      }
      const failures = (state.failures ?? 0) + 1;
      const pauseMs = Math.min(
        profile.minBackoffMs * 2 ** Math.min(failures, 20),
        profile.maxBackoffMs,
      );
      const outcome = `failed: ${error instanceof Error ? error.message : String(error)}`;
      await this.finish(connection, {
        ...state,
        failures,
        outcome,
        nextAt: inSeconds((pauseMs / 1000) * jitter()),
      });
      if (error instanceof CrawlError && error.unauthorized) {
        await rejectConnection(this.dataSource, connection);
        await this.directory.changed();
      }
      this.log.warn({ connection: connection.id, outcome }, 'pull of tokens did not complete');
    }
  }

  private async statesOf(ids: readonly string[]): Promise<Map<string, TokenPullState>> {
    const rows = await this.dataSource.query<{ id: string; state: TokenPullState }[]>(
      'SELECT id, token_pull AS state FROM connection WHERE id = ANY($1)',
      [ids],
    );
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  private async lease(connectionId: string): Promise<boolean> {
    const name = `token-pull:${connectionId}`;
    const lease = { name, owner: this.owner, seconds: LEASE_SECONDS };
    return (await takeLease(this.dataSource, lease)) !== undefined;
  }

  /** The state with every request so far, which this pull serves; what is asked from now on is for the next one. */
  private async begin(connectionId: string): Promise<TokenPullState> {
    const [rows] = await this.dataSource.query<[{ state: TokenPullState }[], number]>(
      "UPDATE connection SET token_pull = token_pull - 'requested' WHERE id = $1 RETURNING token_pull AS state",
      [connectionId],
    );
    return rows[0]?.state ?? {};
  }

  /** Stores how it ended, but for what was requested meanwhile: that is due at once. */
  private async finish(connection: Connection, state: TokenPullState): Promise<void> {
    await this.dataSource.query(
      `UPDATE connection SET token_pull = CASE token_pull->>'requested'
           WHEN 'full' THEN $2::jsonb - 'nextAt' - 'fullAt'
           WHEN 'delta' THEN $2::jsonb - 'nextAt'
           ELSE $2::jsonb END
        WHERE id = $1 AND state <> 'unregistered'`,
      [connection.id, JSON.stringify(state)],
    );
    await this.dataSource.query(
      'UPDATE lease SET until = now(), done_at = now() WHERE name = $1 AND owner = $2',
      [`token-pull:${connection.id}`, this.owner],
    );
  }
}

/**
 * Has the tokens of a partner pulled soon: what changed since the last pull (TRN-67), or all of them. While a pull of them
 * runs, another one follows it: the partner may have changed what was read already.
 */
export async function requestTokenPull(
  dataSource: DataSource,
  connectionId: string,
  kind: PullKind,
): Promise<void> {
  await dataSource.transaction(async (tx) => {
    await tx.query(
      `UPDATE connection SET token_pull = token_pull - 'nextAt' - CASE WHEN $2 THEN 'fullAt' ELSE 'nextAt' END
           || jsonb_build_object('requested',
                CASE WHEN $2 OR token_pull->>'requested' = 'full' THEN 'full' ELSE 'delta' END)
        WHERE id = $1`,
      [connectionId, kind === 'full'],
    );
    await recordAct(tx);
  });
}

const isDue = ({ nextAt }: TokenPullState = {}): boolean =>
  nextAt === undefined || Date.parse(nextAt) <= Date.now();

const jitter = (): number => 0.9 + Math.random() * 0.2;
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/** A window that did not arrive as a whole is not done: the next pull begins where this one did (TRN-31). */
function describe(pulled: PullResult): TokenPullState {
  const { kind, through, ...result } = pulled;
  const at = through.toISOString();
  return {
    ...(result.missing === 0 && { through: at, ...(kind === 'full' && { fullAt: at }) }),
    outcome: pullOutcome(pulled),
    result,
  };
}
