import { type InterfaceRole } from '#ocpi';
import { type Connection } from './connection.js';

/**
 * Whose Sessions and CDRs a connection may see, by push and by pull: those of tokens of its eMSP parties, nobody else's
 * (SES-03, SES-12, CDR-02). Other roles are granted none by default (TER-04), nor are roles outside the enum (CRD-39).
 */
export const tokenPartiesOf = (connection: Pick<Connection, 'parties'>): string[] => [
  ...new Set(
    connection.parties.filter(({ role }) => role === 'EMSP').map(({ partyKey }) => partyKey),
  ),
];

/** An SCSP that we contracted is told of all Sessions, for it may limit all (CHP-35); their CDRs are none of its business. */
export const seesAllSessions = ({ profile }: Pick<Connection, 'profile'>): boolean =>
  profile.chargingProfiles === 'all';

/** May the connection see the Sessions of this party's tokens? */
export const seesSessionsOf = (
  connection: Pick<Connection, 'parties' | 'profile'>,
  tokenPartyKey: string,
): boolean => seesAllSessions(connection) || tokenPartiesOf(connection).includes(tokenPartyKey);

/** Does the connection meet this hosted party at all (CRD-31)? */
export const meetsParty = (
  connection: Pick<Connection, 'hostedParties'>,
  hostedPartyKey: string,
): boolean => connection.hostedParties?.includes(hostedPartyKey) ?? true;

/** SQL: is the object of this row shown to the connection by its rule and grants (LOC-10)? */
export function shownClause(
  kind: 'location' | 'tariff',
  alias: string,
  rule: Connection['locationsShown'],
  connectionParameter: string,
): string {
  if (rule === 'all') return 'true';
  const granted = `EXISTS (SELECT FROM object_grant g WHERE g.connection_id = ${connectionParameter}
    AND g.kind = '${kind}' AND g.party_key = ${alias}.party_key AND g.object_key = ${alias}.${kind}_key)`;
  return rule === 'only' ? granted : `NOT ${granted}`;
}

/** Modules beyond OCPI that were agreed with this partner (VER-13), as entries of its version details. */
export const customModules = ({
  profile,
}: Pick<Connection, 'profile'>): { identifier: string; role: InterfaceRole; url: string }[] =>
  profile.customModules.map((entry) => {
    const [, identifier = '', role = '', url = ''] = /^([^/]+)\/([A-Z]+)=(.*)$/s.exec(entry) ?? [];
    return { identifier, role: role as InterfaceRole, url };
  });

/** Make no sense to who sees no Sessions (VER-16). */
const ABOUT_SESSIONS = ['sessions', 'commands', 'chargingprofiles'];

/** Modules that a profile may switch off for a partner, with those that need them. */
export function offersModule({ profile }: Pick<Connection, 'profile'>, module: string): boolean {
  if (module === 'tariffs') return profile.tariffsPush !== 'off';
  if (ABOUT_SESSIONS.includes(module)) return profile.sessionsPush !== 'off';
  if (module === 'cdrs') return profile.cdrsPush !== 'off';
  return true;
}
