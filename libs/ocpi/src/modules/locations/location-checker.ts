import { withoutControlCharacters } from '../../types/text.js';
import { type Checker, compile } from '../../types/schema.js';
import { decoded } from '../../types/field-error.js';
import { Location } from './location.js';
import { withSplitNights } from './split-nights.js';

const compiledLocation = compile(Location);

/** Fields that people write and read; what is technical in a Location is refused instead (TYP-02). */
const FREE_TEXT = new Set([
  'name',
  'address',
  'city',
  'state',
  'text',
  'floor_level',
  'physical_reference',
  'supplier_name',
  'energy_product_name',
]);

/**
 * Reads a Location as the CSMS states it: line breaks in free text become blanks (TYP-03), an empty text is as good as
 * absent (LOC-80; real operators send them), a window over midnight becomes two (LOC-43), the rest must fit.
 */
export const locationChecker: Checker<Location> = {
  decode: (input) => {
    const read = compiledLocation.decode(withTidyTexts(input));
    return read.ok ? decoded(withSplitNights(read.value)) : read;
  },
};

function withTidyTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTidyTexts);
  if (typeof value !== 'object' || value === null) return value;
  const said = Object.entries(value).filter(([, v]) => v !== '');
  return Object.fromEntries(
    said.map(([key, v]: [string, unknown]) => [
      key,
      typeof v === 'string' && FREE_TEXT.has(key) ? withoutControlCharacters(v) : withTidyTexts(v),
    ]),
  );
}
