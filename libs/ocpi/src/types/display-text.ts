import { type Static, Type } from '@sinclair/typebox';
import { Text } from './schema.js';

/** Text in one human language; markup is taken out when it is sent (types chapter, TYP-13). */
export const DisplayText = Type.Object({
  language: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  text: Text(512),
});
export type DisplayText = Static<typeof DisplayText>;
