import { type OcpiVersion } from '../../types/ocpi-version.js';

/** A JSON object as one version prints it. */
export type WireObject = Record<string, unknown>;

/** Which tariffs a partner on a version may hear of. */
export interface TariffShelf {
  /** May this tariff be named at all (G7)? */
  visible(tariffId: string): boolean;
  /** The one tariff 2.1.1 may name: valid at `at`, REGULAR before untyped (LOC-52); undefined when none is. */
  regularAt(tariffIds: readonly string[], at: Date): string | undefined;
}

/** What may differ between two partners on the same version; everything else in a rendering is the version's. */
export interface LocationView {
  /** Printable ASCII only; 2.1.1 demands it, tolerant partners may be spared (G2). Read by the 2.1.1 codec. */
  asciiOnly: boolean;
  /** The partner reads the first print of 2.3.0: address 45, state 20 (LOC-40). Read by the 2.3.0 codec. */
  firstEdition: boolean;
  /** Parking places are shown (LOC-60). Read by the 2.3.0 codec. */
  parkingPlaces: boolean;
  /** For access points only (LOC-62). Read by the 2.3.0 codec. */
  acceptedServiceProviders: boolean;
  /** Stands where 2.1.1 demands a postal code and there is none (LOC-48). */
  postalCodePlaceholder: string;
  /** SAE J3400 is shown as TESLA_S before 2.3.0, else the connector is withheld (T11). */
  j3400AsTeslaS: boolean;
  tariffs: TariffShelf;
  /** The instant the rendering is for: 2.1.1 names the tariff valid then. */
  at: Date;
}

/** A view with the defaults of a version; `tariffs` and `at` have none. */
export function locationView(
  version: OcpiVersion,
  given: Pick<LocationView, 'tariffs' | 'at'> & Partial<LocationView>,
): LocationView {
  return {
    asciiOnly: version === '2.1.1',
    firstEdition: false,
    parkingPlaces: true,
    acceptedServiceProviders: false,
    postalCodePlaceholder: '-',
    j3400AsTeslaS: true,
    ...given,
  };
}
