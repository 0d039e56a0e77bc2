import { type EvseRow, FRAGMENT_COLUMNS, type LocationRow, toLocation } from '#database';
import {
  composeEvse,
  composeLocation,
  formatDateTime,
  type Location,
  locationCodec,
  type LocationView,
  type OcpiVersion,
  type WireObject,
} from '#ocpi';
import { type ReadState, rendered } from './object-loader.js';
import { type ConnectionView } from './connection-view.js';

/**
 * A Location as one connection sees it. Text is composed of the stored fragments where the connection has the default
 * view of its version, else encoded; either way once for all connections with that view. Undefined: withheld.
 */
export class RenderedLocation {
  private constructor(
    private readonly loaded: ReadState<LocationRow>,
    readonly row: LocationRow,
    private readonly version: OcpiVersion,
    private readonly viewKey: string,
    private readonly view: LocationView | undefined,
  ) {}

  static async of(loaded: ReadState<LocationRow>, view: ConnectionView): Promise<RenderedLocation> {
    if (!loaded.row) throw new Error('there is no such Location');
    const own = view.isDefault ? undefined : await view.locationView(loaded);
    return new RenderedLocation(loaded, loaded.row, view.version, view.key, own);
  }

  get canonical(): Location {
    return rendered(this.loaded, 'canonical', () => toLocation(this.row));
  }

  get isWithheld(): boolean {
    return this.view
      ? this.encoded('shell', () => this.encode(this.canonical)) === undefined
      : this.row[FRAGMENT_COLUMNS[this.version]] === null;
  }

  evseRow(id: number): EvseRow | undefined {
    return this.row.evses.find((evse) => evse.id === id);
  }

  /** JSON text of the whole. */
  locationText(): string | undefined {
    return this.encoded('location', () => {
      if (this.view) return textOf(this.encode(this.canonical));
      const location = this.row[FRAGMENT_COLUMNS[this.version]];
      if (location === null) return undefined;
      const evses = this.row.evses.flatMap((evse) => {
        const text = evse[FRAGMENT_COLUMNS[this.version]];
        return text === null
          ? []
          : [{ text, status: evse.status, lastUpdated: this.stamp(evse.lastUpdated) }];
      });
      return composeLocation({ location }, evses, this.stamp(this.row.lastUpdated));
    });
  }

  /** JSON text of one EVSE. */
  evseText(row: EvseRow): string | undefined {
    return this.encoded(`evse:${row.id}`, () => {
      if (this.view) return textOf(this.evseObject(row));
      const text = row[FRAGMENT_COLUMNS[this.version]];
      if (text === null || this.isWithheld) return undefined;
      return composeEvse(text, row.status, this.stamp(row.lastUpdated));
    });
  }

  /** What a PATCH of a status carries (LOC-18, LOC-21). */
  statusText(row: EvseRow): string | undefined {
    return this.encoded(`status:${row.id}`, () => {
      const isShown = this.view ? this.evseText(row) !== undefined : this.hasFragment(row);
      if (!isShown) return undefined;
      return `{"status":"${row.status}","last_updated":"${this.stamp(row.lastUpdated)}"}`;
    });
  }

  locationObject(): WireObject | undefined {
    return this.encoded('location-object', () => parse(this.locationText()));
  }

  evseObject(row: EvseRow): WireObject | undefined {
    return this.encoded(`evse-object:${row.id}`, () => {
      if (!this.view) return parse(this.evseText(row));
      const evse = this.canonical.evses?.find(({ uid }) => uid === row.uid);
      return evse && locationCodec(this.version).encodeEvse(evse, this.canonical, this.view);
    });
  }

  connectorObject(row: EvseRow, connectorId: string): WireObject | undefined {
    const connectors = this.evseObject(row)?.connectors;
    if (!Array.isArray(connectors)) return undefined;
    return (connectors as WireObject[]).find(
      ({ id }) => String(id).toUpperCase() === connectorId.toUpperCase(),
    );
  }

  /** The Location as it is taken back: every EVSE REMOVED (LOC-27), shown also where it is withheld by now. */
  removedText(fallback: LocationView): string | undefined {
    const removed = withoutEvses(this.canonical);
    return textOf(locationCodec(this.version).encodeLocation(removed, this.view ?? fallback));
  }

  private encode(location: Location): WireObject | undefined {
    return this.view && locationCodec(this.version).encodeLocation(location, this.view);
  }

  private hasFragment(row: EvseRow): boolean {
    const column = FRAGMENT_COLUMNS[this.version];
    return this.row[column] !== null && row[column] !== null;
  }

  private stamp(instant: Date): string {
    return formatDateTime(instant, this.version);
  }

  private encoded<T>(name: string, make: () => T): T {
    return rendered(this.loaded, `${this.viewKey}/${name}`, make);
  }
}

const textOf = (object: WireObject | undefined): string | undefined =>
  object && JSON.stringify(object);

const parse = (text: string | undefined): WireObject | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as WireObject);

const withoutEvses = ({ publish_allowed_to: _audience, ...location }: Location): Location => ({
  ...location,
  publish: true,
  ...(location.evses && {
    evses: location.evses.map((evse) => ({ ...evse, status: 'REMOVED' as const })),
  }),
});
