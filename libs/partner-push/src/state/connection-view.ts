import { type LocationRow } from '#database';
import {
  type Connector,
  encodeTariff,
  type Evse,
  foldId,
  type LocationView,
  locationView,
  type OcpiVersion,
  regularTariffAt,
  type Tariff,
  type TariffShelf,
  tariffVisible,
  type TariffView,
} from '#ocpi';
import { type Connection, defaultProfile, type PartnerProfile } from '#partners';
import { type DataSource } from 'typeorm';
import { type ReadState, rendered } from './object-loader.js';

/** Knobs that change how a Location looks; a connection that has their defaults is served from stored fragments. */
const LOCATION_KNOBS = [
  'asciiOnly',
  'firstEdition',
  'sendParking',
  'acceptedServiceProviders',
  'postalCodePlaceholder',
  'j3400AsTeslaS',
] as const satisfies (keyof PartnerProfile)[];

/** How one connection sees the objects: its version, its knobs, and the tariffs it may know of. */
export class ConnectionView {
  /** Renderings of the same state under the same key are the same. */
  readonly key: string;
  /** The stored fragments of the version are this connection's view. */
  readonly isDefault: boolean;
  readonly version: OcpiVersion;

  constructor(
    private readonly source: DataSource,
    readonly connection: Connection & { version: OcpiVersion },
  ) {
    const { version, profile, tariffsShown, id } = connection;
    this.version = version;
    const usual = defaultProfile(version);
    const differing = LOCATION_KNOBS.filter((knob) => profile[knob] !== usual[knob]);
    this.isDefault = differing.length === 0 && tariffsShown === 'all';
    this.key = [
      version,
      ...differing.map((knob) => `${knob}=${String(profile[knob])}`),
      ...(tariffsShown === 'all' ? [] : [`tariffs of ${id}`]),
    ].join(';');
  }

  /** The view with the tariffs that this Location's connectors name. */
  async locationView(loaded: ReadState<LocationRow>, now = new Date()): Promise<LocationView> {
    return rendered(loaded, `${this.key}/view`, async () => {
      const shelf = loaded.row ? await this.shelf(loaded.row, now) : NO_TARIFFS;
      return this.viewWith(shelf, now);
    });
  }

  /** The same without any tariff: for what is taken back, and for snapshots inside Sessions and CDRs. */
  bareLocationView(now = new Date()): LocationView {
    return this.viewWith(NO_TARIFFS, now);
  }

  /** How it sees a tariff whose connectors share this voltage. */
  tariffView(acVoltage: number | null): TariffView {
    return {
      asciiOnly: this.version === '2.1.1' && this.connection.profile.asciiOnly,
      ...(acVoltage !== null && { acVoltage }),
    };
  }

  private viewWith(tariffs: TariffShelf, at: Date): LocationView {
    const { profile } = this.connection;
    return locationView(this.version, {
      tariffs,
      at,
      asciiOnly: this.version === '2.1.1' && profile.asciiOnly,
      firstEdition: profile.firstEdition,
      parkingPlaces: profile.sendParking,
      acceptedServiceProviders: profile.acceptedServiceProviders,
      postalCodePlaceholder: profile.postalCodePlaceholder,
      j3400AsTeslaS: profile.j3400AsTeslaS,
    });
  }

  private async shelf(row: LocationRow, now: Date): Promise<TariffShelf> {
    const keys = tariffKeysOf(row);
    if (keys.length === 0) return NO_TARIFFS;
    const { tariffsShown, id } = this.connection;
    const grants = `EXISTS (SELECT FROM object_grant g WHERE g.connection_id = $3 AND g.kind = 'tariff'
      AND g.party_key = t.party_key AND g.object_key = t.tariff_key)`;
    const rule =
      tariffsShown === 'all'
        ? '$3::text IS NOT NULL'
        : tariffsShown === 'only'
          ? grants
          : `NOT ${grants}`;
    const rows = await this.source.query<
      { tariffKey: string; body: string; acVoltage: number | null }[]
    >(
      `SELECT t.tariff_key AS "tariffKey", t.body, t.ac_voltage AS "acVoltage" FROM tariff t
        WHERE t.party_key = $1 AND t.tariff_key = ANY($2) AND t.deleted_at IS NULL AND ${rule}`,
      [row.partyKey, keys, id],
    );
    const tariffs = new Map<string, Tariff>();
    for (const { tariffKey, body, acVoltage } of rows) {
      const tariff = JSON.parse(body) as Tariff;
      if (!tariffVisible(this.version, tariff, now) && this.version !== '2.1.1') continue;
      if ('withheld' in encodeTariff(this.version, tariff, this.tariffView(acVoltage))) continue;
      tariffs.set(tariffKey, tariff);
    }
    return shelfOf(tariffs);
  }
}

const NO_TARIFFS: TariffShelf = { visible: () => false, regularAt: () => undefined };

const shelfOf = (tariffs: ReadonlyMap<string, Tariff>): TariffShelf => ({
  visible: (id) => tariffs.has(foldId(id)),
  regularAt: (ids, at) =>
    regularTariffAt(
      ids.flatMap((id) => tariffs.get(foldId(id)) ?? []),
      at,
    )?.id,
});

function tariffKeysOf(row: LocationRow): string[] {
  const connectors = row.evses.flatMap(
    ({ body }) => (JSON.parse(body) as Pick<Evse, 'connectors'>).connectors,
  );
  const ids = connectors.flatMap(({ tariff_ids }: Connector) => tariff_ids ?? []);
  return [...new Set(ids.map(foldId))];
}
