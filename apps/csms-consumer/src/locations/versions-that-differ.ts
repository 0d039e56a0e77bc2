import { FRAGMENT_COLUMNS } from '#database';
import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { type Fragments } from './stored-locations.js';

/** The versions in which two renderings of one node differ. */
export const versionsThatDiffer = (
  stored: Fragments | undefined,
  now: Fragments | undefined,
): OcpiVersion[] =>
  OCPI_VERSIONS.filter((version) => {
    const column = FRAGMENT_COLUMNS[version];
    return stored?.[column] !== now?.[column];
  });
