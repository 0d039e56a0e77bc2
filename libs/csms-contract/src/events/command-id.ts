import { Type } from '@sinclair/typebox';

/** Ours, a UUID in lower case; the CSMS repeats it in its results. */
export const CommandId = Type.String({
  pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
});
