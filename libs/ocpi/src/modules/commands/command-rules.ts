import { parseDateTime } from '../../types/date-time.js';
import { type FieldError } from '../../types/field-error.js';
import { type Command, type ReserveNow } from './command.js';

/** What a command must not say although its schema allows it, as far as that shows without knowing any state (CMD-36). */
export function checkCommand({ type, body }: Command): FieldError[] {
  if (type !== 'START_SESSION') return [];
  if (body.connector_id === undefined || body.evse_uid !== undefined) return [];
  return [{ path: 'evse_uid', message: 'required beside connector_id' }];
}

/** A reservation must end after `now` (CMD-56). */
export function checkExpiry({ expiry_date }: ReserveNow, now: Date): FieldError[] {
  const expiry = parseDateTime(expiry_date);
  return expiry && expiry > now ? [] : [{ path: 'expiry_date', message: 'lies in the past' }];
}
