import { cdrTokenFor } from '../cdrs/cdr-token-for.js';
import { priceV221 } from '../cdrs/price.v221.js';
import { type WireObject } from '../locations/location-view.js';
import { given, present } from '../locations/wire-object.js';
import { type Session } from './session.js';
import { sessionV230 } from './sessions.v230.js';

/** 2.2.1: the older Price and token types, no bookings dimensions (T5). */
export const sessionV221 = (session: Session): WireObject =>
  present({
    ...sessionV230(session, { bookings: false }),
    cdr_token: cdrTokenFor('2.2.1', session.cdr_token),
    total_cost: given(session.total_cost, priceV221),
  });
