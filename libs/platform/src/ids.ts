import { randomBytes, randomUUID } from 'node:crypto';

/** A fresh X-Request-ID (TRN-60…63): unique per request and at most 36 characters. */
export const newRequestId = (): string => randomUUID();

/** A fresh X-Correlation-ID, kept over all requests that one event causes. */
export const newCorrelationId = (): string => randomUUID();

/** A secret of ours (CRD-34): 43 characters of printable ASCII that carry 256 bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
