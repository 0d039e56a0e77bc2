import { type Static, Type } from '@sinclair/typebox';
import { Text } from './schema.js';
import { cutAtWord, withoutControlCharacters, withoutMarkup } from './text.js';

/** Text in one human language; markup is taken out when it is sent (types chapter, TYP-13). */
export const DisplayText = Type.Object({
  language: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  text: Text(512),
});
export type DisplayText = Static<typeof DisplayText>;

/** The texts as plain text of legal length (TYP-13); undefined where nothing is left to read. */
export function plainDisplayTexts(texts: readonly DisplayText[] = []): DisplayText[] | undefined {
  const plain = texts.flatMap(({ language, text }) => {
    const words = cutAtWord(withoutMarkup(withoutControlCharacters(text)), 512);
    return words === '' ? [] : [{ language, text: words }];
  });
  return plain.length > 0 ? plain : undefined;
}
