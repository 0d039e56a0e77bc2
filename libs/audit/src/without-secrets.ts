import { HIDDEN, isSecretName, scrubSecrets } from '#platform';

const LONGEST_TEXT = 500;
const MOST_ITEMS = 100;
const DEEPEST = 6;

/**
 * A value as the audit log may keep it: fields that hold secrets are hidden, long texts and lists are cut, and what
 * PostgreSQL's jsonb cannot hold is left out.
 */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storable(scrubSecrets(value));
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return '…';
  if (Array.isArray(value)) {
    const kept = value.slice(0, MOST_ITEMS).map((item) => withoutSecrets(item, depth + 1));
    return value.length > MOST_ITEMS ? [...kept, `… ${value.length - MOST_ITEMS} more`] : kept;
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ITEMS)
      .map(([name, item]) => [
        storable(name),
        isSecretName(name) ? HIDDEN : withoutSecrets(item, depth + 1),
      ]),
  );
}

/** A text of bounded length without NUL and halves of surrogate pairs. */
export function storable(text: string): string {
  const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return cut.replaceAll('\0', '').toWellFormed();
}
