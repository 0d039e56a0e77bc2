import { type SqlRunner } from '#change-log';
import { type Connection, type ConnectionDirectory, requestTokenPull } from '#partners';
import { createLogger } from '#platform';
import { type DataSource } from 'typeorm';
import { tokenRefused } from '../refused-token.js';
import { type WalkPlace } from './snapshot-page.js';

const log = createLogger('feeds');

/** What feeds write beside their cursors, always under the lease of this process. */
export class FeedStore {
  private readonly successes = new Set<string>();

  constructor(
    private readonly source: DataSource,
    private readonly directory: Pick<ConnectionDirectory, 'refresh'>,
    private readonly owner: string,
  ) {}

  /** Where a walk stands; null: it is over. Dropped when an operator began another one since. */
  async saveWalk(key: string, generation: number, walk: WalkPlace | null): Promise<void> {
    await this.source.query(
      `UPDATE feed SET snapshot = $4 WHERE connection_id = $1 AND owner = $2 AND generation = $3`,
      [key, this.owner, generation, walk && JSON.stringify(walk)],
    );
  }

  async saveBreaker(
    key: string,
    failures: number,
    resumeAt: Date | null,
    reason: string | null,
  ): Promise<void> {
    await this.source.query(
      `UPDATE feed SET failures = $3, resume_at = $4, last_failure = coalesce($5, last_failure),
              last_success_at = CASE WHEN $3 = 0 THEN now() ELSE last_success_at END
        WHERE connection_id = $1 AND owner = $2`,
      [key, this.owner, failures, resumeAt, reason],
    );
  }

  /** The partner answers again: its breaker closes, and the tokens it may have changed meanwhile are fetched (TRN-67). */
  async partnerIsBack(key: string): Promise<void> {
    await this.saveBreaker(key, 0, null, null);
    await requestTokenPull(this.source, key, 'delta');
  }

  noteSuccess(key: string): void {
    this.successes.add(key);
  }

  /** Stores when partners last took something; called now and then by the runner. */
  async flushSuccesses(source: SqlRunner): Promise<void> {
    if (this.successes.size === 0) return;
    const keys = [...this.successes];
    this.successes.clear();
    await source.query(
      'UPDATE feed SET last_success_at = now() WHERE connection_id = ANY($1) AND owner = $2',
      [keys, this.owner],
    );
  }

  rejectConnection(connection: Connection, reason: string): Promise<void> {
    return tokenRefused(this.source, this.directory, connection, reason);
  }

  /** What a partner does differently from the text, with the time it was last seen (STA-06). */
  async noteDeviation(connectionId: string, name: string): Promise<void> {
    try {
      await this.source.query(
        'UPDATE connection SET deviations = deviations || jsonb_build_object($2::text, $3::text) WHERE id = $1',
        [connectionId, name, new Date().toISOString()],
      );
    } catch (error) {
      log.warn({ err: error, connection: connectionId }, 'a deviation could not be noted');
    }
  }
}
