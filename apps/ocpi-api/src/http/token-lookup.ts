import { Injectable } from '@nestjs/common';
import { type TokenCandidate } from '#ocpi';
import { type Connection, ConnectionDirectory, hashToken } from '#partners';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';

export interface FoundToken {
  connection: Connection;
  purpose: 'bootstrap' | 'full';
  candidate: TokenCandidate;
}

interface TokenRow {
  hash: string;
  connectionId: string;
  purpose: 'bootstrap' | 'full';
  state: 'active' | 'pending' | 'grace';
  firstUsedAt: Date | null;
}

const REMEMBER_MS = 1000;

/**
 * Whose token is shown, by its hash (TRN-04, TRN-09). What was found is remembered for a second at most, and forgotten
 * when any connection changes; what was not found is never remembered.
 */
@Injectable()
export class TokenLookup {
  private readonly found = new LRUCache<string, TokenRow>({ max: 10_000, ttl: REMEMBER_MS });

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
  ) {
    directory.onChange(() => this.found.clear());
  }

  async find(candidates: readonly TokenCandidate[]): Promise<FoundToken | undefined> {
    const hashes = candidates.map(({ token }) => hashToken(token).toString('hex'));
    const row =
      hashes.map((hash) => this.found.get(hash)).find(Boolean) ?? (await this.read(hashes));
    const candidate = candidates[hashes.indexOf(row?.hash ?? '')];
    if (!row || !candidate) return undefined;
    let connection = this.directory.get(row.connectionId);
    if (!connection) {
      await this.directory.refresh(); // another replica created it a moment ago
      connection = this.directory.get(row.connectionId);
    }
    return connection && { connection, purpose: row.purpose, candidate };
  }

  private async read(hashes: readonly string[]): Promise<TokenRow | undefined> {
    if (hashes.length === 0) return undefined;
    const rows = await this.dataSource.query<TokenRow[]>(
      `SELECT encode(token_hash, 'hex') AS hash, connection_id AS "connectionId", purpose, state,
              first_used_at AS "firstUsedAt"
         FROM connection_token
        WHERE token_hash = ANY($1::bytea[]) AND (expires_at IS NULL OR expires_at > now())`,
      [hashes.map((hash) => Buffer.from(hash, 'hex'))],
    );
    const row = hashes.flatMap((hash) => rows.filter((candidate) => candidate.hash === hash))[0];
    if (!row) return undefined;
    if (row.firstUsedAt === null) await this.markUsed(row);
    this.found.set(row.hash, row);
    return row;
  }

  /** The first use of a token in force ends its predecessor's grace (CRD-16). */
  private async markUsed(row: TokenRow): Promise<void> {
    const [, ended] = await this.dataSource.query<[unknown[], number]>(
      `WITH used AS (
         UPDATE connection_token SET first_used_at = now()
          WHERE token_hash = decode($1, 'hex') AND first_used_at IS NULL RETURNING state, connection_id)
       DELETE FROM connection_token t USING used
        WHERE used.state = 'active' AND t.connection_id = used.connection_id AND t.state = 'grace'`,
      [row.hash],
    );
    if (ended === 0) return;
    this.found.clear();
    await this.dataSource.query("SELECT pg_notify('ocpi_connection', $1)", [row.connectionId]);
  }
}
