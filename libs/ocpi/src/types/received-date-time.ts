import { hasNumericOffset, reformatDateTime } from './date-time.js';
import { type Decoded, refused } from './field-error.js';

/** What a partner does beside the format and we put up with. */
export type Deviation = 'numeric_offset';

export interface OffsetRule {
  /** Refuse a DateTime with a numeric offset instead of normalising and reporting it (TYP-08). */
  strictOffsets?: boolean;
}

/** A partner's DateTime, already found to be one, as UTC with `Z`; the field is named for a refusal. */
export function receiveDateTime(
  field: string,
  text: string,
  { strictOffsets = false }: OffsetRule,
): Decoded<{ text: string; deviations: Deviation[] }> {
  const offset = hasNumericOffset(text);
  if (offset && strictOffsets) {
    return refused({ path: field, message: 'a DateTime has no numeric offset' });
  }
  const deviations: Deviation[] = offset ? ['numeric_offset'] : [];
  return { ok: true, value: { text: reformatDateTime(text, '2.3.0'), deviations } };
}
