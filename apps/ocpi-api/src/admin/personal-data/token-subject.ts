import { rowsOf, type SqlRunner } from '#change-log';
import { type CdrToken, type Token } from '#ocpi';

/** Whose personal data it is about: a token by its owner and uid, of one type or of all. */
export interface NamedToken {
  /** Folded. */
  partyKey: string;
  /** Folded. */
  uidKey: string;
  type: string | undefined;
}

/** A token with everything by which records name it. */
export interface TokenSubject extends NamedToken {
  /** As JSON texts hold the folded uid, quotes included. */
  needle: string;
  /** Folded: its uid, contracts and visual number. */
  identifiers: string[];
}

const STATED = `SELECT body FROM token
    WHERE party_key = $1 AND uid_key = $2 AND ($3::text IS NULL OR type = $3)
  UNION ALL SELECT token FROM token_alias
    WHERE owner_key = $1 AND name = $2 AND token IS NOT NULL AND kind = coalesce($3, kind)`;

const USED = `SELECT DISTINCT ON (body::json->'cdr_token'->>'uid', body::json->'cdr_token'->>'type', body::json->'cdr_token'->>'contract_id') body::json->'cdr_token' AS token FROM (
    SELECT body, token_party_key FROM session UNION ALL SELECT body, token_party_key FROM cdr) o
   WHERE token_party_key = $1 AND strpos(upper(body), $2) > 0`;

/** What is known of the token: as its owner stated it, and as Sessions and CDRs name it. */
export async function tokenSubject(source: SqlRunner, named: NamedToken): Promise<TokenSubject> {
  const { partyKey, uidKey, type } = named;
  const needle = JSON.stringify(uidKey).toUpperCase();
  const stated = await rowsOf<{ body: string }>(source, STATED, [partyKey, uidKey, type ?? null]);
  const used = await rowsOf<{ token: CdrToken }>(source, USED, [partyKey, needle]);
  const tokens = stated.map(({ body }) => JSON.parse(body) as Token);
  const found = [
    uidKey,
    ...tokens.flatMap(({ contract_id, visual_number, energy_contract }) => [
      contract_id,
      visual_number,
      energy_contract?.contract_id,
    ]),
    ...used.filter(({ token }) => isOf(named, token)).map(({ token }) => token.contract_id),
  ];
  const texts = found.filter((text) => text !== undefined && text !== '') as string[];
  return { ...named, needle, identifiers: [...new Set(texts.map((text) => text.toUpperCase()))] };
}

/** Whether a Session or CDR is of this token. */
export const isOf = ({ uidKey, type }: NamedToken, token: CdrToken): boolean =>
  token.uid.toUpperCase() === uidKey && (type === undefined || token.type === type);

/** Of the SQL here: `$1` party, `$2` uid, `$3` type or null, `$4` the uid as JSON texts hold it. */
export const parametersOf = ({ partyKey, uidKey, type, needle }: TokenSubject): unknown[] => [
  partyKey,
  uidKey,
  type ?? null,
  needle,
];

/** PostgreSQL wants a type for parameters that a statement does not use; to be added to a WHERE. */
export const ALL_PARAMETERS = 'coalesce($1::text, $2::text, $3::text, $4::text) IS NOT NULL';

/** Whether an SQL expression of type json is this token: its owner, uid and type. */
export const isTokenSql = (json: string): string =>
  `(upper(${json}->>'country_code') || '*' || upper(${json}->>'party_id') = $1
    AND upper(${json}->>'uid') = $2 AND ($3::text IS NULL OR ${json}->>'type' = $3))`;

/** A uid without its owner is taken for this token's as long as no other eMSP states the same. */
export const NOBODY_ELSES =
  'NOT EXISTS (SELECT FROM token other WHERE other.uid_key = $2 AND other.party_key <> $1)';
