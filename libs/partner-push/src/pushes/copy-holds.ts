import { type WireObject } from '#ocpi';
import { isDeepStrictEqual } from 'node:util';

/** Does a partner's copy say all that we would send? What it has beyond that does not matter. */
export const copyHolds = (copy: unknown, ours: WireObject): boolean =>
  typeof copy === 'object' &&
  copy !== null &&
  Object.entries(ours).every(([key, value]) => isDeepStrictEqual((copy as WireObject)[key], value));
