import { type FieldError } from '#ocpi';

/** `NL*TNM`: how parties are written in the admin API, in any case. */
export const PARTY_KEY = /^[a-z]{2}\*[a-z0-9]{3}$/i;
export const PARTY_KEY_MESSAGE = 'must be a party as NL*ABC: country code, *, party id';

/** The folded forms, each once. */
export const foldParties = (keys: readonly string[]): string[] => [
  ...new Set(keys.map((key) => key.toUpperCase())),
];

/** Every key of `field` that is not among the parties we speak for. */
export const unknownParties = (
  field: string,
  keys: readonly string[],
  hosted: ReadonlySet<string>,
): FieldError[] =>
  keys
    .filter((key) => !hosted.has(key))
    .map((key) => ({ path: field, message: `${key} is not a party of ours: create it first` }));
