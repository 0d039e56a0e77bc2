/** A text, or its beginning, as PostgreSQL takes it: without NUL, and without the half of a surrogate pair that a cut may leave. */
export const storableText = (text: string, most = Infinity): string =>
  text.slice(0, most).replaceAll('\0', '').toWellFormed();

/**
 * Where a text stands, key or value, that PostgreSQL cannot hold or JSON cannot carry: with NUL, or half of a surrogate
 * pair. As `evses[0].name`, of a key the place of its object; undefined: nowhere. Such text comes into JSON by an escape alone (`\\u0000`).
 */
export function unstorableText(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') return isUnstorable(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (isUnstorable(key)) return path === '' ? 'the name of a field' : path;
    const found = unstorableText(inner, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isUnstorable = (text: string): boolean => text.includes('\0') || !text.isWellFormed();
