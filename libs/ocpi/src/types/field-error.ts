/** One thing wrong with an object: where (`evses[0].connectors[1].id`) and what. */
export interface FieldError {
  path: string;
  message: string;
}

/** Either the decoded value, or everything that is wrong with the input (never both, never an exception). */
export type Decoded<T> = { ok: true; value: T } | { ok: false; errors: FieldError[] };

export const decoded = <T>(value: T): Decoded<T> => ({ ok: true, value });
export const refused = <T = never>(...errors: FieldError[]): Decoded<T> => ({ ok: false, errors });

/** The errors of a part of an object, as errors of the object. */
export const within = (part: string, errors: readonly FieldError[]): FieldError[] =>
  errors.map(({ path, message }) => ({ path: path ? `${part}.${path}` : part, message }));

/** One line for a `status_message`: the first three faults, with their fields. */
export function describeErrors(errors: readonly FieldError[]): string {
  const shown = errors.slice(0, 3).map((e) => (e.path ? `${e.path}: ${e.message}` : e.message));
  const rest = errors.length - shown.length;
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}
