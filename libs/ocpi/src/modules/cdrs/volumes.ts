import Big from 'big.js';
import { fourDecimals } from '../../types/number.js';
import { type CdrDimensionType, type ChargingPeriod } from './charging-period.js';

/** The volumes of some dimensions over all periods, as they are sent: each with four decimals, added exactly. */
export function sumOf(periods: readonly ChargingPeriod[], ...types: CdrDimensionType[]): number {
  let sum = new Big(0);
  for (const { dimensions } of periods) {
    for (const { type, volume } of dimensions) {
      if (types.includes(type)) sum = sum.plus(fourDecimals(volume));
    }
  }
  return sum.toNumber();
}

/** Amounts as they are sent, added exactly. */
export const sumOfAmounts = (amounts: readonly number[]): number =>
  amounts.reduce((sum, amount) => sum.plus(fourDecimals(amount)), new Big(0)).toNumber();
