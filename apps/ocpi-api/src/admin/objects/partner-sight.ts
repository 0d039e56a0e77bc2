import { Injectable } from '@nestjs/common';
import { encodeSession, encodeTariff, type Location, tariffVisible, type WireObject } from '#ocpi';
import {
  type CdrRendition,
  cdrViewKey,
  ConnectionView,
  readCdrs,
  readSessions,
  readTariffs,
  renderCdr,
  RenderedLocation,
} from '#partner-push';
import {
  type Connection,
  meetsParty,
  offersModule,
  seesSessionsOf,
  shownClause,
  tokenPartiesOf,
} from '#partners';
import { readLocations } from '#database';
import { DataSource } from 'typeorm';
import { type StoredObject } from './stored-object.js';

/** An object as one partner sees it now, or why it does not. */
export type Sight =
  | { shown: true; object: WireObject }
  /** Not meant for this partner at all; or meant for it, but its version cannot say it. */
  | { shown: false; because: 'not-visible' | 'withheld'; reason: string };

const hidden = (reason: string): Sight => ({ shown: false, because: 'not-visible', reason });
const withheld = (reason: string): Sight => ({ shown: false, because: 'withheld', reason });

/** What a partner sees of our objects, by the code that renders pushes and pages. */
@Injectable()
export class PartnerSight {
  constructor(private readonly dataSource: DataSource) {}

  async of(connection: Connection, object: StoredObject): Promise<Sight> {
    const { version, state } = connection;
    if (version === null || (state !== 'registered' && state !== 'rejected')) {
      return hidden('the partner is not registered');
    }
    const reason = await this.reasonToHide(connection, object);
    if (reason !== undefined) return hidden(reason);
    return this.render(new ConnectionView(this.dataSource, { ...connection, version }), object);
  }

  private async reasonToHide(
    connection: Connection,
    object: StoredObject,
  ): Promise<string | undefined> {
    const { kind, partyKey, tokenPartyKey } = object;
    if (!meetsParty(connection, partyKey)) return `the partner does not meet ${partyKey}`;
    if (!offersModule(connection, `${kind}s`)) return `its profile turns ${kind}s off`;
    const sees = kind === 'session' ? seesSessionsOf : ownsTokens;
    if (tokenPartyKey !== null && !sees(connection, tokenPartyKey)) {
      return `it belongs to ${tokenPartyKey}, which is no eMSP of this connection`;
    }
    if (kind !== 'location' && kind !== 'tariff') return undefined;
    const rule = kind === 'location' ? connection.locationsShown : connection.tariffsShown;
    const shown = await this.dataSource.query<unknown[]>(
      `SELECT 1 FROM ${kind} o WHERE o.id = $2 AND $1::text IS NOT NULL
         AND ${shownClause(kind, 'o', rule, '$1')}`,
      [connection.id, object.rowId],
    );
    return shown.length > 0 ? undefined : `the rule '${rule}' for ${kind}s leaves it out`;
  }

  private async render(view: ConnectionView, { kind, rowId }: StoredObject): Promise<Sight> {
    switch (kind) {
      case 'location':
        return this.location(view, rowId);
      case 'tariff':
        return this.tariff(view, rowId);
      case 'session':
        return this.session(view, rowId);
      case 'cdr':
        return this.cdr(view, rowId);
    }
  }

  private async location(view: ConnectionView, rowId: number): Promise<Sight> {
    const row = (await readLocations(this.dataSource, [rowId])).get(rowId);
    if (!row) return GONE;
    const loaded = { row, made: new Map<string, unknown>() };
    const object = (await RenderedLocation.of(loaded, view)).locationObject();
    if (object) return { shown: true, object };
    return withheld(
      row.publish
        ? `OCPI ${view.version} has no way to say it`
        : `it is not published, which OCPI ${view.version} cannot say`,
    );
  }

  private async tariff(view: ConnectionView, rowId: number): Promise<Sight> {
    const row = (await readTariffs(this.dataSource, [rowId])).get(rowId);
    if (!row) return GONE;
    if (row.deletedAt) return hidden('it was withdrawn');
    if (!tariffVisible(view.version, row.tariff, new Date())) {
      return withheld('2.1.1 shows regular tariffs only, and only while they are valid');
    }
    return sightOf(encodeTariff(view.version, row.tariff, view.tariffView(row.acVoltage)));
  }

  private async session(view: ConnectionView, rowId: number): Promise<Sight> {
    const row = (await readSessions(this.dataSource, [rowId])).get(rowId);
    if (!row) return GONE;
    const location =
      row.locationSnapshot === null ? undefined : (JSON.parse(row.locationSnapshot) as Location);
    return sightOf(
      encodeSession(view.version, row.session, {
        ...(location && { location }),
        locationView: view.bareLocationView(),
      }),
    );
  }

  /** What left already stays as it left (G8); looking at it keeps nothing. */
  private async cdr(view: ConnectionView, rowId: number): Promise<Sight> {
    const row = (await readCdrs(this.dataSource, [rowId])).get(rowId);
    if (!row) return GONE;
    const [kept] = await this.dataSource.query<CdrRendition[]>(
      'SELECT body, withheld FROM cdr_rendition WHERE cdr_id = $1 AND view = $2',
      [rowId, cdrViewKey(view)],
    );
    const { body, withheld: reason } = kept ?? renderCdr(row, view);
    return body === null
      ? withheld(reason ?? 'it cannot be said in this version')
      : { shown: true, object: JSON.parse(body) as WireObject };
  }
}

const GONE = hidden('it is not stored any more');

const sightOf = (encoded: { wire: WireObject } | { withheld: string }): Sight =>
  'wire' in encoded ? { shown: true, object: encoded.wire } : withheld(encoded.withheld);

const ownsTokens = (connection: Connection, tokenPartyKey: string): boolean =>
  tokenPartiesOf(connection).includes(tokenPartyKey);
