import { type Static, Type } from '@sinclair/typebox';
import { Price } from '../../types/price.js';
import { CiString, compile, DateTime, Optional, Text } from '../../types/schema.js';
import { Tariff } from '../tariffs/tariff.js';
import { AuthMethod } from './auth-method.js';
import { CdrLocation } from './cdr-location.js';
import { CdrToken } from './cdr-token.js';
import { ChargingPeriod } from './charging-period.js';
import { SignedData } from './signed-data.js';

/**
 * A charge detail record (CDRs chapter of 2.3.0, CDR-55, CDR-57). Energies in kWh, times in hours, money in `currency`.
 * `booking_id` exists in the bookings editions only.
 */
export const Cdr = Type.Object({
  country_code: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  party_id: Type.String({ pattern: '^[A-Za-z0-9]{3}$' }),
  id: CiString(39),
  start_date_time: DateTime(),
  end_date_time: DateTime(),
  session_id: Optional(CiString(36)),
  cdr_token: CdrToken,
  auth_method: AuthMethod,
  authorization_reference: Optional(CiString(36)),
  cdr_location: CdrLocation,
  meter_id: Optional(Text(255)),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  tariffs: Optional(Type.Array(Tariff)),
  charging_periods: Type.Array(ChargingPeriod, { minItems: 1 }),
  signed_data: Optional(SignedData),
  total_cost: Price,
  total_fixed_cost: Optional(Price),
  total_energy: Type.Number(),
  total_energy_cost: Optional(Price),
  total_time: Type.Number(),
  total_time_cost: Optional(Price),
  total_parking_time: Optional(Type.Number()),
  total_parking_cost: Optional(Price),
  total_reservation_cost: Optional(Price),
  remark: Optional(Text(255)),
  invoice_reference_id: Optional(CiString(39)),
  credit: Optional(Type.Boolean()),
  credit_reference_id: Optional(CiString(39)),
  home_charging_compensation: Optional(Type.Boolean()),
  booking_id: Optional(CiString(36)),
  last_updated: DateTime(),
});
export type Cdr = Static<typeof Cdr>;

export const cdrChecker = compile(Cdr);
