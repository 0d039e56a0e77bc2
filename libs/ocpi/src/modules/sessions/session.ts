import { type Static, Type } from '@sinclair/typebox';
import { Price } from '../../types/price.js';
import { CiString, ClosedEnum, compile, DateTime, Optional, Text } from '../../types/schema.js';
import { AuthMethod } from '../cdrs/auth-method.js';
import { CdrToken } from '../cdrs/cdr-token.js';
import { ChargingPeriod } from '../cdrs/charging-period.js';

const SESSION_STATUSES = ['ACTIVE', 'COMPLETED', 'INVALID', 'PENDING', 'RESERVATION'] as const;
export const SessionStatus = ClosedEnum(SESSION_STATUSES);
export type SessionStatus = Static<typeof SessionStatus>;

/**
 * A charging session (Sessions chapter of 2.3.0, SES-50, SES-51). `kwh` is the whole session's energy. While the session
 * runs, the last entry of `charging_periods` is the open one.
 */
export const Session = Type.Object({
  country_code: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  party_id: Type.String({ pattern: '^[A-Za-z0-9]{3}$' }),
  id: CiString(36),
  start_date_time: DateTime(),
  end_date_time: Optional(DateTime()),
  kwh: Type.Number(),
  cdr_token: CdrToken,
  auth_method: AuthMethod,
  authorization_reference: Optional(CiString(36)),
  location_id: CiString(36),
  evse_uid: CiString(36),
  connector_id: CiString(36),
  meter_id: Optional(Text(255)),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  charging_periods: Optional(Type.Array(ChargingPeriod)),
  total_cost: Optional(Price),
  status: SessionStatus,
  last_updated: DateTime(),
});
export type Session = Static<typeof Session>;

export const sessionChecker = compile(Session);
