import { type AuthorizationDecided } from '#csms-contract';
import { type AuthMethod, type CdrToken, type DisplayText, type Token } from '#ocpi';

export type DecidedBy = AuthorizationDecided['decided_by'];

/** Whom a session is for. */
export type Driver = CdrToken & Pick<Partial<Token>, 'group_id'>;

interface Reasoned {
  decidedBy: DecidedBy;
  /** For the log and its reader. */
  why: string;
  /** For the driver. */
  info?: DisplayText;
  /** The partner whose word counted. */
  connectionId?: string;
}

export interface Allowance extends Reasoned {
  allowed: 'ALLOWED';
  authMethod: AuthMethod;
  driver: Driver;
  reference?: string;
}

export interface Refusal extends Reasoned {
  allowed: Exclude<AuthorizationDecided['allowed'], 'ALLOWED'>;
}

export type Decision = Allowance | Refusal;

export const refusal = (
  allowed: Refusal['allowed'],
  decidedBy: DecidedBy,
  why: string,
  more: Partial<Reasoned> = {},
): Refusal => ({ allowed, decidedBy, why, ...more });

/** What Session and CDR repeat of a token (SES-30), and its group (TOK-40). */
export const driverOf = (token: Token): Driver => ({
  country_code: token.country_code,
  party_id: token.party_id,
  uid: token.uid,
  type: token.type,
  contract_id: token.contract_id,
  ...(token.group_id !== undefined && { group_id: token.group_id }),
});
