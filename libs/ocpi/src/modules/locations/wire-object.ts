import { type WireObject } from './location-view.js';

/** The object without undefined fields and empty lists: both mean absent on the wire (terminology chapter). */
export function present(fields: WireObject): WireObject {
  const out: WireObject = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    out[key] = value;
  }
  return out;
}

/** Applies `change` when there is a value. */
export const given = <T, R>(value: T | undefined, change: (value: T) => R): R | undefined =>
  value === undefined ? undefined : change(value);
