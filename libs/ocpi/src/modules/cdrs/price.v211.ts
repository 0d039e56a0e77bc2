import { fourDecimals } from '../../types/number.js';
import { type Price } from '../../types/price.js';

/** 2.1.1: one number, without taxes (CDR-44, T8). */
export const priceV211 = (price: Price): number => fourDecimals(price.before_taxes);
