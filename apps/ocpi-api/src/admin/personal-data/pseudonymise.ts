/** A text that is shorter might stand within another by chance. */
export const LONG_ENOUGH = 6;

const TOKEN_FIELDS = ['uid', 'contract_id', 'auth_id', 'visual_number'];

/**
 * A JSON value in which a pseudonym stands for the identifiers of a token, whatever their case: in the fields that hold them,
 * and within other texts where an identifier is long enough not to be there by chance. Signed meter values that name the token
 * go as a whole, for a signature of other bytes would prove nothing.
 */
export function pseudonymised(
  value: unknown,
  identifiers: readonly string[],
  pseudonym: string,
): unknown {
  const folded = identifiers.map((identifier) => identifier.toUpperCase());
  const visit = (part: unknown, field: string): unknown => {
    if (typeof part === 'string') return replaced(part, field, folded, pseudonym);
    if (Array.isArray(part)) return part.map((item) => visit(item, field));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part)
        .filter(([key, own]) => key !== 'signed_data' || !names(own, folded))
        .map(([key, own]) => [key, visit(own, key)]),
    );
  };
  return visit(value, '');
}

function replaced(
  text: string,
  field: string,
  folded: readonly string[],
  pseudonym: string,
): string {
  if (TOKEN_FIELDS.includes(field)) return folded.includes(text.toUpperCase()) ? pseudonym : text;
  return folded
    .filter(({ length }) => length >= LONG_ENOUGH)
    .reduce((left, identifier) => withoutIdentifier(left, identifier, pseudonym), text);
}

function withoutIdentifier(text: string, folded: string, pseudonym: string): string {
  const at = text.toUpperCase().indexOf(folded);
  if (at === -1) return text;
  const rest = text.slice(at + folded.length);
  return text.slice(0, at) + pseudonym + withoutIdentifier(rest, folded, pseudonym);
}

const names = (value: unknown, folded: readonly string[]): boolean => {
  const text = JSON.stringify(value).toUpperCase();
  return folded.some((identifier) => text.includes(identifier));
};
