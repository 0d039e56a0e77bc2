import { type OpenAPIObject } from '@nestjs/swagger';

interface Parameter {
  name: string;
  in: string;
}

/**
 * The same document in the words of OpenAPI 3.1, whose schemas are JSON Schema: `nullable` becomes a type. Parameters are put in order:
 * as the path names them, then by name; how they come depends on the compiler.
 */
export function openApi31(document: OpenAPIObject): OpenAPIObject {
  const modern = withoutNullable(document) as OpenAPIObject;
  for (const [path, item] of Object.entries(modern.paths)) {
    for (const operation of Object.values(item as Record<string, { parameters?: Parameter[] }>)) {
      operation.parameters?.sort((a, b) => rankIn(path, a) - rankIn(path, b) || byName(a, b));
    }
  }
  return { ...modern, openapi: '3.1.1' };
}

const rankIn = (path: string, { name, in: place }: Parameter): number =>
  place === 'path' ? path.indexOf(`{${name}}`) : path.length;

const byName = (a: Parameter, b: Parameter): number => (a.name < b.name ? -1 : 1);

function withoutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullable);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...schema } = Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withoutNullable(part)]),
  );
  if (nullable === undefined) return schema;
  if (typeof nullable !== 'boolean') return { ...schema, nullable };
  if (!nullable) return schema;
  if (typeof schema.type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = Array.isArray(schema.enum) ? { enum: [...(schema.enum as unknown[]), null] } : {};
  return { ...schema, type: [schema.type, 'null'], ...values };
}
