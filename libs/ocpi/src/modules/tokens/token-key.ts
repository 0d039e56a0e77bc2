import { foldId, partyKey, type PartyId } from '../../types/party.js';

/** `NL*TNM RFID 04A1B2`: a token is its owner, type and uid, none of them case-sensitive but the type (TOK-11, TOK-12). */
export const tokenKey = (token: PartyId & { type: string; uid: string }): string =>
  `${partyKey(token)} ${token.type} ${foldId(token.uid)}`;
