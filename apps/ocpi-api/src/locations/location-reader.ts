import { Injectable } from '@nestjs/common';
import {
  countLocations,
  type LocationFilter,
  locationPage,
  locationPageIds,
  readLocations,
} from '#database';
import { foldId, type OcpiVersion } from '#ocpi';
import { ConnectionView, RenderedLocation } from '#partner-push';
import { shownClause } from '#partners';
import { DataSource } from 'typeorm';
import { type Caller } from '../http/caller.js';
import { type ListSource } from '../http/list-pages.js';

type VersionedCaller = Caller & { version: OcpiVersion };

/** Locations as the caller may see them, in its version and by its profile; the same bytes as the pushes. */
@Injectable()
export class LocationReader {
  constructor(private readonly dataSource: DataSource) {}

  list(caller: VersionedCaller): ListSource {
    const { connection, version, parties } = caller;
    const shown = { rule: connection.locationsShown, connectionId: connection.id };
    const filter: LocationFilter = { version, parties, shown };
    const view = this.viewOf(caller);
    return {
      count: (dates) => countLocations(this.dataSource, { ...filter, ...dates }),
      page: async (query) => {
        if (view.isDefault) return locationPage(this.dataSource, { ...filter, ...query });
        const ids = await locationPageIds(this.dataSource, { ...filter, ...query });
        const rows = await readLocations(this.dataSource, ids);
        return Promise.all(
          ids.map(async (id) => {
            const loaded = { row: rows.get(id), made: new Map<string, unknown>() };
            const location = loaded.row && (await RenderedLocation.of(loaded, view));
            return { id, text: location?.locationText() ?? null };
          }),
        );
      },
    };
  }

  /** A Location by its id without case (LOC-08), among those the caller may see; on several parties the oldest. */
  async find(caller: VersionedCaller, id: string): Promise<RenderedLocation | undefined> {
    const { connection, parties } = caller;
    const rows = await this.dataSource.query<{ id: number }[]>(
      `SELECT l.id FROM location l
        WHERE l.location_key = $1 AND ($2::text[] IS NULL OR l.party_key = ANY($2))
          AND $3::text IS NOT NULL AND ${shownClause('location', 'l', connection.locationsShown, '$3')}
        ORDER BY l.id LIMIT 1`,
      [foldId(id), parties, connection.id],
    );
    const rowId = rows[0]?.id;
    if (rowId === undefined) return undefined;
    const row = (await readLocations(this.dataSource, [rowId])).get(rowId);
    if (!row) return undefined;
    const loaded = { row, made: new Map<string, unknown>() };
    const location = await RenderedLocation.of(loaded, this.viewOf(caller));
    return location.isWithheld ? undefined : location;
  }

  private viewOf({ connection, version }: VersionedCaller): ConnectionView {
    return new ConnectionView(this.dataSource, { ...connection, version });
  }
}
