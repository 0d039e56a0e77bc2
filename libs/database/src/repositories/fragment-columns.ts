import type { OcpiVersion } from '#ocpi';

/** The columns of `location` and `evse` that keep the text of each version. */
export const FRAGMENT_COLUMNS = {
  '2.1.1': 'v211',
  '2.2.1': 'v221',
  '2.3.0': 'v230',
} as const satisfies Record<OcpiVersion, string>;
