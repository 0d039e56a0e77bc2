import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type WireObject } from '../locations/location-view.js';
import { encodeTariff } from '../tariffs/encode-tariff.js';
import { type Cdr } from './cdr.js';
import { type CdrView } from './cdr-view.js';

/** The CDR's tariffs in the version's form, and which of them it cannot express (CDR-27, T6). */
export function embeddedTariffs(
  version: OcpiVersion,
  cdr: Cdr,
  view: CdrView,
): { tariffs: WireObject[]; losses: string[] } {
  const tariffs: WireObject[] = [];
  const losses: string[] = [];
  for (const tariff of cdr.tariffs ?? []) {
    const encoded = encodeTariff(version, tariff, { ...view.tariffView(tariff), embedded: true });
    if ('wire' in encoded) tariffs.push(encoded.wire);
    else losses.push(`tariff ${tariff.id} left out: ${encoded.withheld}`);
  }
  return { tariffs, losses };
}
