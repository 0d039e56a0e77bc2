import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { OPENAPI_CORRECTIONS, type OpenapiVersion } from './openapi-corrections.js';

export type { OpenapiVersion } from './openapi-corrections.js';

/** Classes of the official OpenAPI that bodies are checked against; the PATCH forms want only `last_updated`. */
export type OpenapiSchema =
  | 'AuthorizationInfo'
  | 'CDR'
  | 'Connector'
  | 'ConnectorPatch'
  | 'Credentials'
  | 'DisplayText'
  | 'EVSE'
  | 'EVSEPatch'
  | 'EnergyMix'
  | 'Hours'
  | 'Location'
  | 'LocationPatch'
  | 'LocationReferences'
  | 'OCPIResponse'
  | 'Session'
  | 'SessionPatch'
  | 'Tariff'
  | 'Token'
  | 'TokenPatch'
  | 'Version'
  | 'VersionDetails';

export interface OpenapiOracle {
  /** False where the official files are not there; `check` must not be called then. */
  available: boolean;
  /** Findings as `path: message`, empty for a body that the official schema accepts. */
  check(version: OpenapiVersion, schema: OpenapiSchema, body: unknown): string[];
}

interface SchemaNode extends Record<string, unknown> {
  format?: string;
  enum?: unknown[];
  properties?: Record<string, unknown>;
}

const ROOT = resolve(import.meta.dirname, '../../../../shared/spec/openapi');
const BASE = 'https://openapi.invalid';
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z?$/;

const isNode = (value: unknown): value is SchemaNode => typeof value === 'object' && value !== null;

function walk(value: unknown, visit: (node: SchemaNode) => void): void {
  if (!isNode(value)) return;
  visit(value);
  for (const child of Object.values(value)) walk(child, visit);
}

/** Applies the known errors; one that no longer applies throws, so that the table cannot go stale. */
function correct(version: OpenapiVersion, file: string, schemas: SchemaNode): void {
  for (const row of OPENAPI_CORRECTIONS) {
    if (row.file !== file || !row.versions.includes(version)) continue;
    const key = row.at.at(-1) ?? '';
    let parent: unknown = schemas;
    for (const step of row.at.slice(0, -1)) parent = isNode(parent) ? parent[step] : undefined;
    const name = `${version} ${file} ${row.at.join('.')}`;
    if (!isNode(parent)) throw new Error(`the OpenAPI has no ${name}`);
    const published = parent[key];
    if (row.kind === 'value') {
      if (published !== row.published) throw new Error(`the OpenAPI changed at ${name}`);
      parent[key] = row.corrected;
      if (row.corrected === undefined) Reflect.deleteProperty(parent, key);
    } else if (row.kind === 'property withheld') {
      if (published === undefined) throw new Error(`the OpenAPI changed at ${name}`);
      parent[key] = false;
    } else {
      const values = published as string[];
      if (!row.values.every((value) => values.includes(value))) {
        throw new Error(`the OpenAPI changed at ${name}`);
      }
      parent[key] = values.filter((value) => !row.values.includes(value));
    }
  }
}

/** Open enums take any value from 2.3.0 on; objects take documented fields only, since they check what we send. */
function tighten(version: OpenapiVersion, schemas: SchemaNode): void {
  walk(schemas, (node) => {
    if (version === '2.3.0' && node.format === 'open-enum') delete node.enum;
    if (node['type'] === 'object' && isNode(node.properties)) node['additionalProperties'] = false;
  });
}

function schemaFiles(version: OpenapiVersion): string[] {
  const modules = readdirSync(join(ROOT, version, 'modules'));
  return ['components/schema.yaml', ...modules.map((module) => `modules/${module}/schema.yaml`)];
}

/** A validator per version over all its files, and the address of each class. */
function load(version: OpenapiVersion): { ajv: Ajv2020; addresses: Map<string, string> } {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat(
    'date-time',
    (text: string) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)),
  );
  ajv.addFormat('uri', (text: string) => URL.canParse(text) && text.length <= 255);
  for (const format of ['enum', 'open-enum', 'uuid']) ajv.addFormat(format, true);
  const addresses = new Map<string, string>();
  for (const file of schemaFiles(version)) {
    const document = parse(readFileSync(join(ROOT, version, file), 'utf8')) as {
      components: { schemas: SchemaNode };
    };
    const { schemas } = document.components;
    correct(version, file, schemas);
    tighten(version, schemas);
    const id = `${BASE}/${version}/${file}`;
    ajv.addSchema({ ...document, $id: id });
    for (const name of Object.keys(schemas)) {
      if (!addresses.has(name)) addresses.set(name, `${id}#/components/schemas/${name}`);
    }
  }
  return { ajv, addresses };
}

function describeError({ instancePath, message, params }: ErrorObject): string {
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  return `${instancePath || '/'}: ${message ?? 'invalid'}${extra === undefined ? '' : ` (${extra})`}`;
}

/**
 * The Foundation's OpenAPI of 2.2.1 and 2.3.0, corrected by the table of its known errors, as a judge of
 * bodies that leave the gateway. It reads the official files beside the project when they are there.
 */
export function openapiOracle(): OpenapiOracle {
  const loaded = new Map<OpenapiVersion, ReturnType<typeof load>>();
  const compiled = new Map<string, ValidateFunction>();
  return {
    available: existsSync(ROOT),
    check(version, schema, body) {
      const { ajv, addresses } = loaded.get(version) ?? load(version);
      if (!loaded.has(version)) loaded.set(version, { ajv, addresses });
      const address = addresses.get(schema);
      if (address === undefined) throw new Error(`OpenAPI ${version} has no ${schema}`);
      const validate = compiled.get(address) ?? ajv.compile({ $ref: address });
      compiled.set(address, validate);
      return validate(body) ? [] : (validate.errors ?? []).map(describeError);
    },
  };
}
