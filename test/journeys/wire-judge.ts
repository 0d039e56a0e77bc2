import { type OcpiVersion } from '#ocpi';
import { openapiOracle, type OpenapiSchema } from '../../libs/ocpi/test/openapi.oracle.js';
import { type Receipt, type VirtualEmsp } from '../../apps/sandbox/src/partners/virtual-emsp.js';
import { findings211 } from './ocpi-211.schema.js';

const oracle = openapiOracle();
/** Whether there is an official OpenAPI to judge 2.2.1 and 2.3.0 by; its known errors are `OPENAPI_CORRECTIONS` of libs/ocpi. */
export const hasOfficialOpenapi = oracle.available;

/**
 * Findings that the official schema is wrong about in these journeys, by name, beside `OPENAPI_CORRECTIONS`. None so far:
 * every body passes as it is.
 */
const KNOWN_ERRORS: readonly RegExp[] = [];

const OBJECTS: Record<string, [OpenapiSchema, OpenapiSchema, OpenapiSchema]> = {
  locations: ['Location', 'EVSE', 'Connector'],
  tariffs: ['Tariff', 'Tariff', 'Tariff'],
  sessions: ['Session', 'Session', 'Session'],
  cdrs: ['CDR', 'CDR', 'CDR'],
};

/** What is wrong with an object as that version's schema sees it; 2.1.1 by our reading of its tables. */
export function findingsOf(version: OcpiVersion, module: string, object: unknown): string[] {
  const schema = OBJECTS[module]?.[0];
  if (!schema) throw new Error(`no schema for ${module}`);
  return judge(version, schema, object);
}

/** What is wrong with anything an eMSP was sent. */
export function findingsOfPushes(emsp: VirtualEmsp): string[] {
  return emsp.receipts.flatMap((receipt) => {
    const schema = schemaOf(receipt);
    if (!schema) return [];
    const { method, module, segments, body } = receipt;
    return judge(emsp.options.version, schema, body).map(
      (finding) => `${method} ${module}/${segments.join('/')} ${finding}`,
    );
  });
}

function schemaOf({ method, module, segments }: Receipt): OpenapiSchema | undefined {
  if (method === 'GET' || method === 'DELETE') return undefined;
  const schema = OBJECTS[module]?.[Math.max(0, segments.length - 3)];
  if (schema === undefined || method !== 'PATCH') return schema;
  return `${schema}Patch` as OpenapiSchema;
}

function judge(version: OcpiVersion, schema: OpenapiSchema, body: unknown): string[] {
  if (version === '2.1.1') {
    return schema === 'Location' ||
      schema === 'Tariff' ||
      schema === 'EVSE' ||
      schema === 'Connector'
      ? findings211(schema, body)
      : [];
  }
  if (!oracle.available) return [];
  return oracle
    .check(version, schema, body)
    .filter((finding) => !KNOWN_ERRORS.some((known) => known.test(finding)));
}
