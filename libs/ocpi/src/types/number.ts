import Big from 'big.js';

/**
 * At most four decimals and no float noise (TYP-10); a half goes to the even neighbour. What the text of the number
 * says is rounded, so 0.1 + 0.2 becomes 0.3. Not finite → 0 would hide a bug, hence it throws (RangeError).
 */
export function fourDecimals(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`not a number for the wire: ${value}`);
  return new Big(value).round(4, Big.roundHalfEven).toNumber();
}

/** A ceiling with one decimal: cut, for rounding up would allow more than was asked for (CHP-16, CHP-20). */
export const oneDecimal = (value: number): number =>
  new Big(value).round(1, Big.roundDown).toNumber();

export interface CoordinateForm {
  /** 2.1.1 wants exactly six decimals; later versions five to seven. */
  sixDecimals: boolean;
  /** Latitude 10, longitude 11 characters. */
  maxLength: number;
}

/** A coordinate as a version writes it: kept when it fits, else padded or rounded to six decimals (TYP-12, LOC-46). */
export function coordinate(degrees: string, form: CoordinateForm): string {
  const decimals = degrees.split('.')[1]?.length ?? 0;
  const fits = decimals >= 5 && decimals <= 7 && degrees.length <= form.maxLength;
  if (fits && (!form.sixDecimals || decimals === 6)) return degrees;
  return new Big(degrees).round(6, Big.roundHalfUp).toFixed(6);
}
