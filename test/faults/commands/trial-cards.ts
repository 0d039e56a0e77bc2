import { type OcpiVersion, type PartyId } from '#ocpi';
import { type Wire } from '../../../apps/sandbox/src/partners/emsp-store.js';

/** Drivers of commands, and cards of every fate that are only shown at stations. */
export type CardFate = 'driver' | 'local' | 'real-time' | 'blocked';

export interface TrialCard {
  uid: string;
  fate: CardFate;
  wire: Wire;
}

const PER_FATE: Record<CardFate, number> = {
  driver: 20,
  local: 4,
  'real-time': 4,
  blocked: 2,
};

/** What a card's verdict must be. */
export const verdictFor = (fate: CardFate): 'ALLOWED' | 'BLOCKED' =>
  fate === 'blocked' ? 'BLOCKED' : 'ALLOWED';

/** Whether the contract lets it in when nobody answers: the CSMS's own copy is valid and not NEVER. */
export const isAdmittedUnasked = (fate: CardFate): boolean => fate === 'local' || fate === 'driver';

export function trialCards(version: OcpiVersion, party: PartyId): TrialCard[] {
  const fates = Object.entries(PER_FATE) as [CardFate, number][];
  return fates.flatMap(([fate, count]) =>
    Array.from({ length: count }, (_, n) => {
      const uid = `${party.party_id}-${fate}-${n}`.toUpperCase();
      return { uid, fate, wire: wireCard(version, party, uid, fate) };
    }),
  );
}

function wireCard(version: OcpiVersion, party: PartyId, uid: string, fate: CardFate): Wire {
  const contract = `${party.country_code}${party.party_id}C00000001`;
  const common = {
    uid,
    type: 'RFID',
    issuer: party.party_id,
    valid: fate !== 'blocked',
    whitelist: fate === 'real-time' ? 'NEVER' : 'ALWAYS',
    last_updated: '2026-01-01T00:00:00Z',
  };
  return version === '2.1.1'
    ? { ...common, auth_id: contract }
    : { ...common, ...party, contract_id: contract };
}
