import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OPENAPI_CORRECTIONS, type OpenapiVersion } from './openapi-corrections.js';
import { openapiOracle, type OpenapiSchema } from './openapi.oracle.js';

const oracle = openapiOracle();
const shared = resolve(import.meta.dirname, '../../../../shared');
const network = join(shared, 'data/ludwigsburg');
const examples: Record<OpenapiVersion, string> = {
  '2.2.1': join(shared, 'spec/ocpi-2.2.1-d2/examples'),
  '2.3.0': join(shared, 'spec/ocpi-2.3.0-ed2/examples'),
};

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Without the reference material beside the project the suite is one skipped test that says so. */
function describeWith(folders: string[], name: string, suite: () => void): void {
  const missing = !oracle.available || folders.some((folder) => !existsSync(folder));
  describe(name, () => {
    if (missing)
      it.skip('needs the reference material beside the project, which is not there', () => {});
    else suite();
  });
}

/** Which class each published example is, and where in it the object stands when it is a fragment. */
const CLASS_OF_EXAMPLE: [RegExp, OpenapiSchema, string?][] = [
  [/^cdr_/, 'CDR'],
  [/^credentials_/, 'Credentials'],
  [/^location_energymix_/, 'EnergyMix', 'energy_mix'],
  [/^location_hours_/, 'Hours'],
  [/^location_regularhours_/, 'Hours', 'opening_times'],
  [/^location_patch_example_location/, 'LocationPatch'],
  [/^location_patch_example_(remove_evse|status)/, 'EVSEPatch'],
  [/^location_patch_example_tariff/, 'ConnectorPatch'],
  [/^location_put_/, 'EVSE'],
  [/^location_example/, 'Location'],
  [/^session_example_/, 'Session'],
  [/^session_patch_/, 'SessionPatch'],
  [/^tariff/, 'Tariff'],
  [/^token_patch_/, 'TokenPatch'],
  [/^token_/, 'Token'],
  [/^transport_and_format_/, 'OCPIResponse'],
  [/^type_displaytext_/, 'DisplayText'],
  [/^version_details_/, 'VersionDetails'],
  [/^versions_info_/, 'Version'],
];

const UNFINISHED_EVSE = [
  '/: must NOT have additional properties (floor)',
  "/connectors/0: must have required property 'power_type'",
  "/connectors/0: must have required property 'max_voltage'",
  "/connectors/0: must have required property 'max_amperage'",
  "/connectors/0: must have required property 'last_updated'",
  '/physical_reference: must be string',
];
const NO_LAST_UPDATED = ["/: must have required property 'last_updated'"];

/** Published examples that break their own text, with all that is wrong in them. */
const BAD_EXAMPLES: Record<string, string[]> = {
  '2.2.1 location_put_example_add_evse.json': UNFINISHED_EVSE,
  '2.3.0 location_put_example_add_evse.json': UNFINISHED_EVSE,
  '2.2.1 tariff_put_example.json': NO_LAST_UPDATED,
  '2.3.0 tariff_put_example.json': NO_LAST_UPDATED,
  '2.3.0 cdr_example.json': ["/tariffs/0: must have required property 'tax_included'"],
};

/** Locations of the real network whose operator has an empty text for a website. */
const EMPTY_WEBSITE = ['1591036', '1591037', '1591039'];

function findings(version: OpenapiVersion, file: string): string[] {
  const match = CLASS_OF_EXAMPLE.find(([pattern]) => pattern.test(file));
  if (!match) throw new Error(`no class for ${file}`);
  const [, schema, field] = match;
  const body = readJson(examples[version], file);
  const objects = Array.isArray(body) ? body : [field === undefined ? body : body[field]];
  return objects.flatMap((object) => oracle.check(version, schema, object));
}

describeWith([examples['2.2.1'], examples['2.3.0']], 'the OpenAPI oracle on examples', () => {
  const files = (['2.2.1', '2.3.0'] as const).flatMap((version) =>
    readdirSync(examples[version]).map((file) => [version, file] as const),
  );

  it.each(files)('judges the published %s example %s as listed', (version, file) => {
    expect(findings(version, file)).toEqual(BAD_EXAMPLES[`${version} ${file}`] ?? []);
  });

  it('lists no bad example that is gone', () => {
    const known = new Set(files.map(([version, file]) => `${version} ${file}`));
    expect(Object.keys(BAD_EXAMPLES).filter((name) => !known.has(name))).toEqual([]);
  });
});

describeWith([network], 'the OpenAPI oracle on a real network', () => {
  it('accepts all 5 tariffs and all 100 locations but for empty websites', () => {
    const locations: { id: string }[] = readJson(network, 'locations.json');
    const tariffs: unknown[] = readJson(network, 'tariffs.json');
    expect([locations.length, tariffs.length]).toEqual([100, 5]);
    expect(tariffs.flatMap((tariff) => oracle.check('2.3.0', 'Tariff', tariff))).toEqual([]);
    const bad = locations
      .map((location) => ({ id: location.id, found: oracle.check('2.3.0', 'Location', location) }))
      .filter(({ found }) => found.length > 0);
    const website = ['/operator/website: must match format "uri"'];
    expect(bad).toEqual(EMPTY_WEBSITE.map((id) => ({ id, found: website })));
  });
});

describeWith([examples['2.3.0']], 'the corrections of the OpenAPI', () => {
  const location = (change: object) => ({
    ...readJson(examples['2.3.0'], 'location_example.json'),
    ...change,
  });
  const tariff = (change: object) => ({
    ...readJson(examples['2.3.0'], 'tariff_5_free_of_charge.json'),
    ...change,
  });
  const dimension = (type: string) => {
    const body = readJson(examples['2.3.0'], 'session_patch_example_charging_period.json');
    body.charging_periods[0].dimensions[0].type = type;
    return oracle.check('2.3.0', 'SessionPatch', body);
  };

  it('give every row its reason', () => {
    expect(OPENAPI_CORRECTIONS.every((row) => row.reason.length > 10)).toBe(true);
  });

  it('use the lengths of edition 2', () => {
    const long = { address: 'x'.repeat(255), state: 'y'.repeat(45) };
    expect(oracle.check('2.3.0', 'Location', location(long))).toEqual([]);
    expect(oracle.check('2.3.0', 'Location', location({ address: 'x'.repeat(256) }))).toHaveLength(
      1,
    );
    expect(oracle.check('2.3.0', 'Location', location({ state: 'y'.repeat(46) }))).toHaveLength(1);
  });

  it('keep the three words of tax_included as text', () => {
    for (const word of ['YES', 'NO', 'N/A']) {
      expect(oracle.check('2.3.0', 'Tariff', tariff({ tax_included: word }))).toEqual([]);
    }
    expect(oracle.check('2.3.0', 'Tariff', tariff({ tax_included: true }))).not.toEqual([]);
  });

  it('leave out what only add-ons have', () => {
    expect(dimension('RESERVATION_TIME')).toEqual([]);
    expect(dimension('RESERVATION_OVERTIME')).toHaveLength(1);
    expect(oracle.check('2.3.0', 'Tariff', tariff({ preauthorize_amount: 5 }))).toHaveLength(1);
  });

  it('open the open enums from 2.3.0 on and keep them closed before', () => {
    const token = { ...readJson(examples['2.2.1'], 'token_put_example.json'), type: 'PALM_VEIN' };
    expect(oracle.check('2.3.0', 'Token', token)).toEqual([]);
    expect(oracle.check('2.2.1', 'Token', token)).toHaveLength(1);
  });

  it('read times as OCPI writes them and coordinates as a whole', () => {
    const stamped = (text: string) =>
      oracle.check('2.3.0', 'Location', location({ last_updated: text }));
    expect(stamped('2026-01-28T12:00:00')).toEqual([]);
    expect(stamped('2026-01-28T12:00:00.123Z')).toEqual([]);
    expect(stamped('2026-01-28T12:00:00+00:00')).toHaveLength(1);
    expect(stamped('2026-13-28T12:00:00Z')).toHaveLength(1);
    const coordinates = { latitude: 'N51.04760', longitude: '3.72994' };
    expect(oracle.check('2.3.0', 'Location', location({ coordinates }))).toHaveLength(1);
  });

  it('refuse fields that no edition documents', () => {
    expect(oracle.check('2.3.0', 'Location', location({ foo: 1 }))).toEqual([
      '/: must NOT have additional properties (foo)',
    ]);
  });
});
