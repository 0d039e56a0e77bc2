import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type WireObject } from '../locations/location-view.js';
import { type Encoded } from './encoded.js';
import { type Tariff } from './tariff.js';
import { type TariffView } from './tariff-view.js';
import { tariffV211 } from './tariffs.v211.js';
import { tariffV221 } from './tariffs.v221.js';
import { tariffV230 } from './tariffs.v230.js';

const CODECS = { '2.1.1': tariffV211, '2.2.1': tariffV221, '2.3.0': tariffV230 } as const;

/** A Tariff as a version prints it, or why it is withheld there; whether it is valid now is not asked (see tariffVisible). */
export const encodeTariff = (
  version: OcpiVersion,
  tariff: Tariff,
  view: TariffView,
): Encoded<WireObject> => CODECS[version](tariff, view);
