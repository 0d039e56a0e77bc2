import { Injectable } from '@nestjs/common';
import { type ShownRule } from '#database';
import { recordAct } from '#audit';
import { foldId, partyKey, type PartyId } from '#ocpi';
import { DataSource, type EntityManager } from 'typeorm';
import { ConnectionDirectory } from '../connection-directory.js';
import { signal } from '../handshake/registration-store.js';
import { shownClause } from '../visibility.js';
import { ConnectionError } from './connection-errors.js';

type Kind = 'location' | 'tariff';
export type NamedObject = PartyId & { id: string };

/** Which Locations and Tariffs a partner sees (LOC-10). */
export interface ShownObjects {
  rule: ShownRule;
  /** Shown by `only`, hidden by `except`. */
  objects: NamedObject[];
}

/** Reads and writes visibility; what comes into sight or leaves it goes into the change log for that partner alone. */
@Injectable()
export class VisibilityService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
  ) {}

  /** @throws ConnectionError 404. The caller wakes the feeds afterwards (`ChangeLogSignal.notify`). */
  async set(connectionId: string, kind: Kind, { rule, objects }: ShownObjects): Promise<void> {
    const column = kind === 'location' ? 'locations_shown' : 'tariffs_shown';
    await this.dataSource.transaction(async (tx) => {
      const [row] = await tx.query<{ rule: ShownRule }[]>(
        `SELECT ${column} AS rule FROM connection WHERE id = $1 FOR UPDATE`,
        [connectionId],
      );
      if (!row) throw new ConnectionError(404, `There is no connection ${connectionId}`);
      const before = await shownIds(tx, connectionId, kind, row.rule);
      await tx.query('DELETE FROM object_grant WHERE connection_id = $1 AND kind = $2', [
        connectionId,
        kind,
      ]);
      await tx.query(
        `INSERT INTO object_grant (connection_id, kind, party_key, object_key)
         SELECT DISTINCT $1, $2, g.party_key, g.object_key
           FROM unnest($3::text[], $4::text[]) AS g (party_key, object_key)`,
        [connectionId, kind, objects.map(partyKey), objects.map(({ id }) => foldId(id))],
      );
      await tx.query(`UPDATE connection SET ${column} = $2 WHERE id = $1`, [connectionId, rule]);
      const after = await shownIds(tx, connectionId, kind, rule);
      const shown = [...after].filter((id) => !before.has(id));
      const hidden = [...before].filter((id) => !after.has(id));
      await appendVisibility(tx, connectionId, kind, 'shown', shown);
      await appendVisibility(tx, connectionId, kind, 'hidden', hidden);
      await recordAct(tx, { before: row.rule, shown: shown.length, hidden: hidden.length });
      await signal(tx, connectionId);
    });
    await this.directory.changed();
  }
}

async function shownIds(tx: EntityManager, id: string, kind: Kind, rule: ShownRule) {
  const rows = await tx.query<{ id: number }[]>(
    `SELECT o.id FROM ${kind} o WHERE $1::text IS NOT NULL AND ${shownClause(kind, 'o', rule, '$1')}`,
    [id],
  );
  return new Set(rows.map((row) => row.id));
}

const appendVisibility = (
  tx: EntityManager,
  connectionId: string,
  kind: Kind,
  aspect: 'shown' | 'hidden',
  ids: readonly number[],
) =>
  tx.query(
    `INSERT INTO change (kind, object_id, aspect, party_key, connection_id)
     SELECT $1, o.id, $2, o.party_key, $3 FROM ${kind} o WHERE o.id = ANY($4) ORDER BY o.id`,
    [kind, aspect, connectionId, ids],
  );
