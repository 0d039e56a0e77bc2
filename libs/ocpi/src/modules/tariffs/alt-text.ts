import { type DisplayText } from '../../types/display-text.js';

/** The texts with an English note added: to the English text where it fits, else as one of its own (T9). */
export function withNotes(
  texts: readonly DisplayText[] | undefined,
  notes: readonly string[],
): DisplayText[] {
  const all = [...(texts ?? [])];
  if (notes.length === 0) return all;
  const note = notes.join(' ');
  const at = all.findIndex(({ language }) => language.toLowerCase() === 'en');
  const english = all[at];
  const joined = english && `${english.text} ${note}`;
  if (english && joined && joined.length <= 512) {
    all[at] = { ...english, text: joined };
  } else {
    all.push({ language: 'en', text: note });
  }
  return all;
}
