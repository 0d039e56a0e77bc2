/** Letters that decompose into nothing ASCII by themselves, in the spelling their readers use. */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ł: 'l',
  Ł: 'L',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ĸ: 'k',
  ŋ: 'n',
  Ŋ: 'N',
  ŧ: 't',
  Ŧ: 'T',
  ſ: 's',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '′': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '″': '"',
  '«': '"',
  '»': '"',
  '‹': "'",
  '›': "'",
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '―': '-',
  '−': '-',
  '•': '*',
  '·': '.',
  '…': '...',
  '€': 'EUR',
  '£': 'GBP',
  '¥': 'JPY',
  '°': ' deg',
  '×': 'x',
  '÷': '/',
  '⁄': '/',
  '№': 'No',
  '©': '(c)',
  '®': '(r)',
  '¿': '?',
  '¡': '!',
  '§': 'S',
  '¢': 'c',
  // Greek
  α: 'a',
  β: 'v',
  γ: 'g',
  δ: 'd',
  ε: 'e',
  ζ: 'z',
  η: 'i',
  θ: 'th',
  ι: 'i',
  κ: 'k',
  λ: 'l',
  μ: 'm',
  ν: 'n',
  ξ: 'x',
  ο: 'o',
  π: 'p',
  ρ: 'r',
  σ: 's',
  ς: 's',
  τ: 't',
  υ: 'y',
  φ: 'f',
  χ: 'ch',
  ψ: 'ps',
  ω: 'o',
  // Cyrillic
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ґ: 'g',
  д: 'd',
  е: 'e',
  є: 'ye',
  ж: 'zh',
  з: 'z',
  и: 'i',
  і: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'yu',
  я: 'ya',
  ј: 'j',
  љ: 'lj',
  њ: 'nj',
  ћ: 'c',
  ђ: 'dj',
  џ: 'dz',
};

const transliterate = (char: string): string => {
  if (/[\x20-\x7e]/.test(char)) return char;
  const known = LETTERS[char];
  if (known !== undefined) return known;
  const lower = LETTERS[char.toLowerCase()];
  if (lower !== undefined) return lower.charAt(0).toUpperCase() + lower.slice(1);
  return /\p{White_Space}/u.test(char) ? ' ' : '?';
};

/**
 * The text in printable ASCII for 2.1.1 (G2, TYP-03): accents fall off (Köln → Koln), other letters are spelled out,
 * what has no Latin spelling becomes `?`. Never empty for a text that was not empty.
 */
export function toPrintableAscii(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const plain = Array.from(
    text,
    (char) => LETTERS[char] ?? char.normalize('NFKD').replace(/\p{M}/gu, ''),
  );
  return Array.from(plain.join(''), transliterate).join('');
}

/** Printable text: line breaks and tabs become a blank, other control characters vanish (TYP-03). */
export function withoutControlCharacters(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is searched
  const controls = /[\x00-\x1f\x7f-\x9f]/;
  if (!controls.test(text)) return text;
  return text.replace(/[\t\n\v\f\r\x85]+/g, ' ').replace(/[\x00-\x1f\x7f-\x9f]/g, ''); // eslint-disable-line no-control-regex -- as above
}

/** A DisplayText's text as plain text: tags go, the usual entities are resolved (TYP-13). */
export function withoutMarkup(text: string): string {
  if (!/[<&]/.test(text)) return text;
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&apos;': "'",
    '&nbsp;': ' ',
    '&amp;': '&',
  };
  return text
    .replace(/<br\s*\/?>|<\/(?:p|div|li)>/gi, ' ')
    .replace(/<\/?[a-z][^<>]*>|<!--.*?-->/gi, '')
    .replace(/&(?:lt|gt|quot|#39|apos|nbsp|amp);/g, (entity) => entities[entity] ?? entity)
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** At most `max` characters, ending at a word where one ends in the second half of the room (LOC-40). */
export function cutAtWord(text: string, max: number): string {
  const characters = Array.from(text);
  if (characters.length <= max) return text;
  const cut = characters.slice(0, max).join('');
  if (/\s/.test(characters[max] ?? '')) return cut.trimEnd();
  const lastBlank = cut.search(/\s\S*$/);
  return (lastBlank >= cut.length / 2 ? cut.slice(0, lastBlank) : cut).replace(/[\s,;:-]+$/, '');
}
