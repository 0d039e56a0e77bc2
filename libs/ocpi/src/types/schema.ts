import {
  FormatRegistry,
  type Static,
  type TSchema,
  type TUnsafe,
  Type,
  type SchemaOptions,
} from '@sinclair/typebox';
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { parseDateTime } from './date-time.js';
import { type Decoded, type FieldError } from './field-error.js';

FormatRegistry.Set('ocpi-date-time', (text) => parseDateTime(text) !== undefined);
// eslint-disable-next-line no-control-regex -- a URL holds none of them
const URL_FORM = /^https?:\/\/[^\s\x00-\x1f\x7f]+$/i;
const isUrl = (text: string) => URL_FORM.test(text) && text.isWellFormed();
FormatRegistry.Set('ocpi-url', isUrl);
FormatRegistry.Set('ocpi-response-url', (text) => isUrl(text) && URL.canParse(text));

/** CiString: printable ASCII, compared without case (TYP-01, TYP-02). */
export const CiString = (maxLength: number, options: SchemaOptions = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[\\x20-\\x7e]*$', ...options });

/** string: printable UTF-8, never CR, LF or TAB (TYP-03). Lengths count characters (TYP-05). */
export const Text = (maxLength: number, options: SchemaOptions = {}) =>
  Type.String({ maxLength, pattern: '^[^\\x00-\\x1f\\x7f]*$', ...options });

export const Url = (maxLength = 255) => Type.String({ maxLength, format: 'ocpi-url' });

/** Where a result is to be posted: an absolute http or https URL (CMD-24). Whether we may go there is not asked here. */
export const ResponseUrl = () => Type.String({ maxLength: 255, format: 'ocpi-response-url' });

export const DateTime = () => Type.String({ format: 'ocpi-date-time', maxLength: 40 });

/** A closed enum: nothing else is legal, and spelling is case-sensitive (TYP-04, TYP-14). */
export const ClosedEnum = <const T extends string>(values: readonly T[]): TUnsafe<T> =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));

/** An OpenEnum of 2.3.0: the listed values are known, any other is stored and returned as it came (TYP-15). */
export const OpenEnum = <const T extends string>(
  values: readonly T[],
): TUnsafe<T | (string & {})> =>
  Type.Unsafe<T | (string & {})>(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      'x-known': [...values],
    }),
  );

export const Optional = <T extends TSchema>(schema: T) => Type.Optional(schema);

/** A compiled schema: `decode` strips nulls (null means absent, TER-02) and reports every fault with its field. */
export interface Checker<T> {
  decode(input: unknown): Decoded<T>;
}

/** Compiles once, at import. Unknown fields are kept and never refused (TRN-50). */
export function compile<S extends TSchema>(schema: S): Checker<Static<S>> {
  let check: TypeCheck<S> | undefined;
  return {
    decode(input) {
      check ??= TypeCompiler.Compile(schema);
      const value = withoutNulls(input);
      if (check.Check(value)) return { ok: true, value };
      return { ok: false, errors: faults(check.Errors(value)) };
    },
  };
}

/** The same value without null properties, at any depth. `__proto__` and the like stay ordinary keys. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.values(value).every((v) => typeof v !== 'object')) return value; // null is one, too
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== null)
      .map(([key, v]) => [key, withoutNulls(v)]),
  );
}

function faults(errors: Iterable<ValueError>): FieldError[] {
  const found: FieldError[] = [];
  const seen = new Set<string>();
  for (const error of errors) {
    const path = dotted(error.path);
    if (seen.has(path)) continue; // one fault per field is enough, and the first is the outermost
    seen.add(path);
    found.push({ path, message: describe(error) });
    if (found.length === 20) break;
  }
  return found;
}

const dotted = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .reduce(
      (path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part),
      '',
    );

function describe(error: ValueError): string {
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return 'required';
    case ValueErrorType.StringMaxLength:
      return `longer than ${String(error.schema.maxLength)} characters`;
    case ValueErrorType.StringMinLength:
      return 'must not be empty';
    case ValueErrorType.ArrayMinItems:
      return 'at least one is required';
    case ValueErrorType.StringFormat:
      return error.schema.format === 'ocpi-date-time' ? 'not a DateTime' : 'not a URL';
    case ValueErrorType.StringPattern:
      return 'characters or form not allowed';
    case ValueErrorType.Union: {
      const members: unknown = error.schema.anyOf;
      const values = Array.isArray(members)
        ? members.flatMap((m: unknown) => (isLiteral(m) ? [m.const] : []))
        : [];
      return values.length > 0 ? `must be one of ${values.join(', ')}` : 'not of an allowed form';
    }
    default:
      return error.message.charAt(0).toLowerCase() + error.message.slice(1);
  }
}

const isLiteral = (schema: unknown): schema is { const: string } =>
  typeof schema === 'object' && schema !== null && 'const' in schema;
