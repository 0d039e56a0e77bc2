export type OpenapiVersion = '2.2.1' | '2.3.0';

/** A place where the published OpenAPI says something else than the texts, and what the oracle uses instead. */
export type Correction = {
  versions: readonly OpenapiVersion[];
  file: string;
  /** Path below `components.schemas`. */
  at: readonly string[];
  reason: string;
} & (
  | { kind: 'value'; published: unknown; corrected: unknown }
  | { kind: 'property withheld' }
  | { kind: 'enum values withheld'; values: readonly string[] }
);

const BOTH = ['2.2.1', '2.3.0'] as const;
const NEWEST = ['2.3.0'] as const;
const LOCATIONS = 'modules/locations/schema.yaml';
const CDRS = 'modules/cdrs/schema.yaml';
const TARIFFS = 'modules/tariffs/schema.yaml';

const FIRST_PRINT = 'edition 2 widened it, the OpenAPI was cut from the first print';
const ADD_ON = 'belongs to an add-on that edition 2 does not contain';

function length(
  file: string,
  [schema, field]: readonly [string, string],
  published: number,
  corrected: number | undefined,
  reason: string,
): Correction {
  const at = [schema, 'properties', field, 'maxLength'];
  return { kind: 'value', versions: NEWEST, file, at, published, corrected, reason };
}

function anchored(schema: string, field: string, digits: string): Correction {
  const pattern = `-?[0-9]{1,${digits}}\\.[0-9]{5,7}`;
  return {
    kind: 'value',
    versions: BOTH,
    file: LOCATIONS,
    at: [schema, 'properties', field, 'pattern'],
    published: pattern,
    corrected: `^${pattern}$`,
    reason: 'without anchors anything around the number would pass',
  };
}

function atLeastOne(file: string, schema: string, field: string): Correction {
  return {
    kind: 'value',
    versions: BOTH,
    file,
    at: [schema, 'properties', field, 'minItems'],
    published: undefined,
    corrected: 1,
    reason: 'the text asks for one entry at least',
  };
}

function addOnField(file: string, schema: string, field: string): Correction {
  return {
    kind: 'property withheld',
    versions: NEWEST,
    file,
    at: [schema, 'properties', field],
    reason: ADD_ON,
  };
}

/**
 * The known errors of the official OpenAPI by name. Two need no change here: YES and NO of TaxIncluded stand
 * unquoted, which YAML 1.2 reads as text, and 2.2.1 calls enums open while listing their values, which keeps
 * them closed as its text wants.
 */
export const OPENAPI_CORRECTIONS: readonly Correction[] = [
  length(LOCATIONS, ['Location', 'address'], 45, 255, FIRST_PRINT),
  length(LOCATIONS, ['Location', 'state'], 20, 45, FIRST_PRINT),
  length(LOCATIONS, ['LocationPatch', 'address'], 45, 255, FIRST_PRINT),
  length(LOCATIONS, ['LocationPatch', 'state'], 20, 45, FIRST_PRINT),
  length(CDRS, ['SignedValue', 'plain_data'], 512, 5000, FIRST_PRINT),
  length(LOCATIONS, ['Parking', 'apds_reference'], 36, undefined, 'the text sets no length'),
  anchored('GeoLocation', 'latitude', '2'),
  anchored('GeoLocation', 'longitude', '3'),
  anchored('AdditionalGeoLocation', 'latitude', '2'),
  anchored('AdditionalGeoLocation', 'longitude', '3'),
  atLeastOne('modules/credentials/schema.yaml', 'Credentials', 'roles'),
  atLeastOne('modules/versions/schema.yaml', 'VersionDetails', 'endpoints'),
  addOnField(CDRS, 'CDR', 'booking_id'),
  addOnField(TARIFFS, 'Tariff', 'preauthorize_amount'),
  addOnField(TARIFFS, 'TariffRestrictions', 'booking'),
  {
    kind: 'enum values withheld',
    versions: NEWEST,
    file: CDRS,
    at: ['CdrDimensionType', 'enum'],
    values: ['RESERVATION_EXPIRES', 'RESERVATION_OVERTIME'],
    reason: ADD_ON,
  },
];
