import { storableText } from '#database';
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

/** A text of the length that the audit log keeps. */
export const storable = (text: string): string =>
  text.length > LONGEST_TEXT ? `${storableText(text, LONGEST_TEXT)}…` : storableText(text);
