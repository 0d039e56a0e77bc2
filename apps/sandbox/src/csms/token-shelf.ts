import { type AuthMethod, foldId, type Token } from '#ocpi';
import { type CloudEvent, type RemovedToken } from '#csms-contract';

/** The CSMS's own copy of the drivers' tokens, from the gateway's messages: for when nobody answers. */
export class TokenShelf {
  private readonly tokens = new Map<string, { token?: Token; sequence: number }>();

  hear({ type, data, sequence = 0 }: CloudEvent): void {
    if (type === 'ocpi.token.upserted.v1') this.keep(data as Token, data as Token, sequence);
    if (type === 'ocpi.token.removed.v1') this.keep(data as RemovedToken, undefined, sequence);
  }

  /** The token that lets a card in although there is no verdict: valid, and its eMSP did not say NEVER. */
  offline(uid: string): { token: Token; authMethod: AuthMethod } | undefined {
    const token = [...this.tokens.values()]
      .map((kept) => kept.token)
      .find((candidate) => candidate && foldId(candidate.uid) === foldId(uid) && candidate.valid);
    return token && token.whitelist !== 'NEVER' ? { token, authMethod: 'WHITELIST' } : undefined;
  }

  /** A message that is older than what is known of its token says nothing. */
  private keep(name: RemovedToken, token: Token | undefined, sequence: number): void {
    const key = foldId(`${name.country_code}*${name.party_id}*${name.type}*${name.uid}`);
    if ((this.tokens.get(key)?.sequence ?? -1) >= sequence) return;
    this.tokens.set(key, { ...(token && { token }), sequence });
  }
}
