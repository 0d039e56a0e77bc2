/** An empty list, null and absence all mean that there is nothing (terminology chapter). */
export const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** Equal as JSON, whatever the order of keys, nothing being nothing; `last_updated` does not count at any depth. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || (isNothing(a) && isNothing(b))) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  if (isObject(a) && isObject(b)) {
    return fieldsOf(a, b).every((key) => sameValue(a[key], b[key]));
  }
  return false;
}

/** The fields in which two objects differ, `last_updated` apart. */
export const changedFields = (before: object, after: object): string[] => {
  const [a, b] = [before as JsonObject, after as JsonObject];
  return fieldsOf(a, b).filter((key) => !sameValue(a[key], b[key]));
};

/** Something that was there is gone at any depth: a PATCH cannot say that (LOC-19). Lists are sent whole. */
export function isTakenAway(before: unknown, after: unknown): boolean {
  if (isNothing(before)) return false;
  if (isNothing(after)) return true;
  if (!isObject(before) || !isObject(after)) return false;
  return Object.keys(before).some((key) => isTakenAway(before[key], after[key]));
}

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsOf = (a: JsonObject, b: JsonObject): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => key !== 'last_updated');
