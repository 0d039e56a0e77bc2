import { Type } from '@sinclair/typebox';

/** The hosted party that a message is about; every message has them. */
export const PARTY_FIELDS = {
  country_code: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  party_id: Type.String({ pattern: '^[A-Za-z0-9]{3}$' }),
};
