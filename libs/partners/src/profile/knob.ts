import { type OcpiVersion } from '#ocpi';

/** One difference between partners: its values, its default, what it means and which check asks for it. */
export interface Knob<T = unknown> {
  /** The value when nobody says otherwise; may depend on the version. */
  fallback: T | ((version: OcpiVersion | null) => T);
  /** The values, for people. */
  values: string;
  doc: string;
  source: string;
  accepts(value: unknown): value is T;
}

export const choice = <const T extends string>(
  values: readonly T[],
  fallback: NoInfer<T>,
  doc: string,
  source: string,
): Knob<T> => ({
  fallback,
  values: values.join(' | '),
  doc,
  source,
  accepts: (value): value is T => (values as readonly unknown[]).includes(value),
});

export const flag = (
  fallback: boolean | ((version: OcpiVersion | null) => boolean),
  doc: string,
  source: string,
): Knob<boolean> => ({
  fallback,
  values: 'true | false',
  doc,
  source,
  accepts: (value) => typeof value === 'boolean',
});

export const integer = (
  least: number,
  most: number,
  fallback: number,
  doc: string,
  source: string,
): Knob<number> => ({
  fallback,
  values: `${least} … ${most}`,
  doc,
  source,
  accepts: (value): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
});

export const text = (fallback: string, doc: string, source: string): Knob<string> => ({
  fallback,
  values: 'text, 1 to 10 characters',
  doc,
  source,
  accepts: (value): value is string =>
    typeof value === 'string' && value.length > 0 && value.length <= 10,
});

export const list = (
  shape: string,
  pattern: RegExp,
  doc: string,
  source: string,
): Knob<string[]> => ({
  fallback: [],
  values: `list of ${shape} (on the command line: a,b)`,
  doc,
  source,
  accepts: (value): value is string[] =>
    Array.isArray(value) && value.every((item) => typeof item === 'string' && pattern.test(item)),
});
