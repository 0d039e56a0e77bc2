import { randomUUID } from 'node:crypto';
import { type Authorizer } from '#csms-client';
import { type AuthorizationDecided, type AuthorizationRequested } from '#csms-contract';
import { type CdrToken, type PartyId, type Token, type TokenType } from '#ocpi';
import { type Place } from './fleet.js';
import { type TokenShelf } from './token-shelf.js';

/** Who may charge on which grounds, in the words that Session and CDR repeat. */
export type Admission = Pick<
  AuthorizationDecided,
  'auth_method' | 'cdr_token' | 'group_id' | 'authorization_reference'
>;

/** A card that was shown, and what came of it. */
export interface Reading {
  uid: string;
  place: Place;
  /** Undefined when nobody answered in time. */
  verdict: AuthorizationDecided | undefined;
  admitted: Admission | undefined;
  tookMs: number;
}

interface CardReaderOptions {
  party: PartyId;
  authorizer: Authorizer;
  tokens: TokenShelf;
  /** How long a station lets a driver wait. */
  patienceMs: number;
}

/** Asks the gateway about each card and obeys. Without a verdict in time it goes by the contract: the own copy of the token. */
export class CardReader {
  constructor(private readonly options: CardReaderOptions) {}

  async read(uid: string, place: Place, type: TokenType = 'RFID'): Promise<Reading> {
    const startedAt = Date.now();
    const verdict = await this.ask({
      ...this.options.party,
      authorization_id: randomUUID(),
      deadline: new Date(startedAt + this.options.patienceMs).toISOString(),
      uid,
      type,
      location_id: place.location.id,
      evse_uid: place.evse.uid,
    });
    const admitted = verdict ? admittedBy(verdict) : this.offline(uid);
    return { uid, place, verdict, admitted, tookMs: Date.now() - startedAt };
  }

  /** Undefined when nobody answered in time, or nobody could be asked. */
  private ask(question: AuthorizationRequested): Promise<AuthorizationDecided | undefined> {
    return this.options.authorizer.authorize(question).catch(() => undefined);
  }

  private offline(uid: string): Admission | undefined {
    const found = this.options.tokens.offline(uid);
    if (!found) return undefined;
    const { token, authMethod } = found;
    return {
      auth_method: authMethod,
      cdr_token: cdrTokenOf(token),
      ...(token.group_id !== undefined && { group_id: token.group_id }),
    };
  }
}

/** Allowed means nothing without the token that pays. */
const admittedBy = (verdict: AuthorizationDecided): Admission | undefined =>
  verdict.allowed === 'ALLOWED' && verdict.cdr_token ? verdict : undefined;

const cdrTokenOf = ({ country_code, party_id, uid, type, contract_id }: Token): CdrToken => ({
  country_code,
  party_id,
  uid,
  type,
  contract_id,
});
