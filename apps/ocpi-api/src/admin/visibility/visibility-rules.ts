import { Injectable } from '@nestjs/common';
import { ChangeLogSignal } from '#change-log';
import { type ShownRule } from '#database';
import { ConnectionsService, type NamedObject, shownClause, VisibilityService } from '#partners';
import { DataSource } from 'typeorm';
import { type Visibility, type VisibilityChange } from './visibility.dto.js';

export type VisibleKind = 'location' | 'tariff';

/** Which Locations and Tariffs a partner sees, as an operator reads and changes it (LOC-10). */
@Injectable()
export class VisibilityRules {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionsService,
    private readonly visibility: VisibilityService,
    private readonly signal: ChangeLogSignal,
  ) {}

  /** @throws ConnectionError 404 */
  async get(connectionId: string, kind: VisibleKind): Promise<Visibility> {
    const rule = this.ruleOf(connectionId, kind);
    const grants = await this.dataSource.query<{ name: string }[]>(
      `SELECT party_key || '/' || object_key AS name FROM object_grant
        WHERE connection_id = $1 AND kind = $2 ORDER BY 1`,
      [connectionId, kind],
    );
    const shown = await this.shownKeys(connectionId, kind, rule);
    return { rule, objects: grants.map(({ name }) => name), shown: shown.size };
  }

  /** What comes into sight is sent, what leaves it is taken back. @throws ConnectionError 404 */
  async change(
    connectionId: string,
    kind: VisibleKind,
    { rule, objects, add = [], remove = [] }: VisibilityChange,
  ): Promise<Visibility> {
    const before = await this.get(connectionId, kind);
    const listed = new Set([...(objects ?? before.objects), ...add].map(folded));
    for (const name of remove.map(folded)) listed.delete(name);
    const seen = await this.shownKeys(connectionId, kind, before.rule);
    await this.visibility.set(connectionId, kind, {
      rule: rule ?? before.rule,
      objects: [...listed].map(named),
    });
    const after = await this.get(connectionId, kind);
    if (kind === 'tariff') {
      const sees = await this.shownKeys(connectionId, kind, after.rule);
      await this.renewLocations(connectionId, [
        ...[...seen].filter((key) => !sees.has(key)),
        ...[...sees].filter((key) => !seen.has(key)),
      ]);
    }
    this.signal.notify();
    return after;
  }

  /** Connectors name only tariffs that the partner may see (G7), so their Locations look different now. */
  private async renewLocations(connectionId: string, tariffs: readonly string[]): Promise<void> {
    if (tariffs.length === 0) return;
    await this.dataSource.query(
      `INSERT INTO change (kind, object_id, aspect, party_key, connection_id)
       SELECT 'location', l.id, 'shown', l.party_key, $1 FROM location l
         JOIN feed f ON f.connection_id = $1
        WHERE EXISTS (SELECT FROM unnest(l.tariff_keys) AS t (key)
                       WHERE l.party_key || '/' || t.key = ANY($2)) ORDER BY l.id`,
      [connectionId, tariffs],
    );
  }

  private ruleOf(connectionId: string, kind: VisibleKind): ShownRule {
    const connection = this.connections.get(connectionId);
    return kind === 'location' ? connection.locationsShown : connection.tariffsShown;
  }

  private async shownKeys(
    connectionId: string,
    kind: VisibleKind,
    rule: ShownRule,
  ): Promise<Set<string>> {
    const rows = await this.dataSource.query<{ key: string }[]>(
      `SELECT o.party_key || '/' || o.${kind}_key AS key FROM ${kind} o
        WHERE $1::text IS NOT NULL AND ${shownClause(kind, 'o', rule, '$1')}`,
      [connectionId],
    );
    return new Set(rows.map(({ key }) => key));
  }
}

const folded = (name: string): string => name.toUpperCase();

function named(name: string): NamedObject {
  return { country_code: name.slice(0, 2), party_id: name.slice(3, 6), id: name.slice(7) };
}
