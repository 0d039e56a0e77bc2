import { type Static, Type } from '@sinclair/typebox';
import {
  CdrToken,
  CiString,
  ClosedEnum,
  compile,
  DateTime,
  DisplayText,
  Optional,
  TokenType,
} from '#ocpi';
import { PARTY_FIELDS } from './party-fields.js';

/**
 * May this driver charge here? `uid` is the idTag or idToken as shown at the station, `type` OCPI's token type where the
 * CSMS can tell it (RFID when absent). Over Kafka no answer counts after `deadline`; over HTTP it is the time to answer.
 */
export const AuthorizationRequested = Type.Object({
  ...PARTY_FIELDS,
  authorization_id: CiString(64),
  deadline: DateTime(),
  uid: CiString(36),
  type: Optional(TokenType),
  location_id: CiString(36),
  evse_uid: Optional(CiString(36)),
  connector_id: Optional(CiString(36)),
});
export type AuthorizationRequested = Static<typeof AuthorizationRequested>;
export const authorizationRequestedChecker = compile(AuthorizationRequested);

/** OCPI's own words, and two for what it says by HTTP: nobody knows the token; nobody who must be asked answers. */
const VERDICTS = [
  'ALLOWED',
  'BLOCKED',
  'EXPIRED',
  'NO_CREDIT',
  'NOT_ALLOWED',
  'UNKNOWN',
  'UNREACHABLE',
] as const;

/**
 * The decision. `ocpp` has the words for the station. When ALLOWED: `cdr_token`, `auth_method` and, if given,
 * `authorization_reference` are to be copied into Session and CDR as they are; `group_id` lets cards of one group stop what
 * another began (TOK-40), `group_id_tag` is the parentIdTag of OCPP 1.6 where the group has one that short. `info` is for the
 * driver. `decided_by`: a partner's command before, what is stored here, the partner asked now, or the stored token because
 * the partner could not be reached.
 */
export const AuthorizationDecided = Type.Object({
  ...PARTY_FIELDS,
  authorization_id: CiString(64),
  allowed: ClosedEnum(VERDICTS),
  ocpp: Type.Object({ v16: Type.String(), v201: Type.String() }),
  decided_by: ClosedEnum(['COMMAND', 'LOCAL', 'PARTNER', 'OFFLINE']),
  auth_method: Optional(ClosedEnum(['AUTH_REQUEST', 'COMMAND', 'WHITELIST'])),
  cdr_token: Optional(CdrToken),
  group_id: Optional(CiString(36)),
  group_id_tag: Optional(CiString(20)),
  authorization_reference: Optional(CiString(36)),
  info: Optional(DisplayText),
});
export type AuthorizationDecided = Static<typeof AuthorizationDecided>;
