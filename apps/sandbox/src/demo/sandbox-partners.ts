import { type OcpiVersion, type PartyId } from '#ocpi';
import { type Wire } from '../partners/emsp-store.js';
import { VirtualEmsp } from '../partners/virtual-emsp.js';

interface PartnerSpec {
  id: string;
  name: string;
  party: PartyId;
  version: OcpiVersion;
  port: number;
}

export const SANDBOX_PARTNERS: PartnerSpec[] = [
  {
    id: 'green-drive',
    name: 'Green Drive',
    party: { country_code: 'NL', party_id: 'GRD' },
    version: '2.1.1',
    port: 4211,
  },
  {
    id: 'volt-pass',
    name: 'VoltPass',
    party: { country_code: 'DE', party_id: 'VLT' },
    version: '2.2.1',
    port: 4221,
  },
  {
    id: 'open-road',
    name: 'Open Road',
    party: { country_code: 'BE', party_id: 'ORD' },
    version: '2.3.0',
    port: 4230,
  },
];

/** A partner with three driver tokens, remembered in `stateDir` so that it outlives a restart. */
export function sandboxPartner(
  spec: PartnerSpec,
  { stateDir, host }: { stateDir: string; host?: string },
): VirtualEmsp {
  return new VirtualEmsp({
    ...spec,
    ...(host !== undefined && { host }),
    tokens: [1, 2, 3].map((n) => driverToken(spec, n)),
    stateFile: `${stateDir}/${spec.id}.json`,
  });
}

/** Token uid and contract of a partner's n-th driver. */
export const cardOf = (spec: { party: PartyId }, n: number): { uid: string; contract: string } => ({
  uid: `04${spec.party.party_id}${n}A2B3C4`.toUpperCase(),
  contract: `${spec.party.country_code}${spec.party.party_id}C0000000${n}`,
});

function driverToken(spec: PartnerSpec, n: number): Wire {
  const { uid, contract } = cardOf(spec, n);
  const common = {
    uid,
    type: 'RFID',
    visual_number: `${spec.party.party_id}-000${n}`,
    issuer: spec.name,
    valid: true,
    whitelist: 'ALWAYS',
    language: 'en',
    last_updated: '2026-01-01T00:00:00Z',
  };
  return spec.version === '2.1.1'
    ? { ...common, auth_id: contract }
    : { ...common, ...spec.party, contract_id: contract };
}
