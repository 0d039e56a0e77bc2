import { type TSchema } from '@sinclair/typebox';

export type JsonObject = Record<string, unknown>;

/** Schemas under names, as plain JSON Schema. */
export interface PortableSchemas {
  /** By name; where one occurs in another, it is referred to. */
  components: Record<string, JsonObject>;
  /** A schema that has no name itself. */
  print(schema: TSchema): JsonObject;
}

const FORMATS: Record<string, string> = {
  'ocpi-date-time': 'date-time',
  'ocpi-url': 'uri',
  'ocpi-response-url': 'uri',
};

/** The schemas without what is TypeBox's own: formats by their common names, enums as lists of values. */
export function portableSchemas(named: Readonly<Record<string, TSchema>>): PortableSchemas {
  const names = new Map(Object.entries(named).map(([name, schema]) => [textOf(schema), name]));
  const print = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(print);
    if (typeof value !== 'object' || value === null) return value;
    const name = names.get(textOf(value));
    return name === undefined ? plain(value) : { $ref: `#/components/schemas/${name}` };
  };
  const plain = (schema: object): JsonObject => {
    const values = literalsOf(schema);
    if (values) return { type: 'string', enum: values };
    return Object.fromEntries(
      Object.entries(schema).map(([key, value]: [string, unknown]) => {
        if (key === 'format') return [key, FORMATS[String(value)] ?? value];
        if (key === 'x-known') return ['x-extensible-enum', value];
        return [key, print(value)];
      }),
    );
  };
  const components = Object.fromEntries(
    Object.entries(named).map(([name, schema]) => [name, plain(schema)]),
  );
  return { components, print: (schema) => print(schema) as JsonObject };
}

const textOf = (value: object): string => JSON.stringify(value);

/** The values of a closed enum. */
function literalsOf(schema: object): unknown[] | undefined {
  const members = (schema as { anyOf?: unknown }).anyOf;
  if (!Array.isArray(members) || Object.keys(schema).length > 1) return undefined;
  const values = members.map((member: { const?: unknown }) => member.const);
  return values.every((value) => typeof value === 'string') ? values : undefined;
}
