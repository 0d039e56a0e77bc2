import { storableText } from '#database';
import { isSuccess } from '#ocpi';
import { type PartnerAnswer } from './partner-request.js';

/**
 * What an answer to a push means for us. `rejected`: the partner read it and does not want it. `unauthorized`: our
 * token is refused (STA-03). `unavailable`: not processed, to be tried again later (STA-19).
 */
export type PushOutcome =
  | { kind: 'delivered'; deviation?: string }
  | { kind: 'rejected'; reason: string; httpStatus: number; ocpiStatus?: number }
  | { kind: 'unauthorized'; reason: string; httpStatus: number }
  | {
      kind: 'unavailable';
      reason: string;
      httpStatus?: number;
      ocpiStatus?: number;
      /** What the partner asked for in Retry-After, unclamped. */
      retryAfterMs?: number;
      /** It says nothing about this object, but that the partner wants no traffic now. */
      isOverload?: boolean;
    };

const NOT_PROCESSED = new Set([408, 413, 425, 429]);

/** A 4xx of a partner that did not even look at what it got (STA-19). */
export const isNotProcessed = (httpStatus: number): boolean => NOT_PROCESSED.has(httpStatus);

/**
 * Judges an answer: success is HTTP 2xx with an OCPI status of 1xxx, judged by its first digit (STA-08); a 2xx without
 * any body counts when the profile says so (STA-06), and is named as a deviation. Redirects are never followed and
 * count as unavailable.
 */
export function outcomeOf(
  answer: PartnerAnswer,
  { acceptEmptySuccess = true }: { acceptEmptySuccess?: boolean } = {},
): PushOutcome {
  if (answer.kind === 'failed') {
    return { kind: 'unavailable', reason: `${answer.reason}: ${answer.message}` };
  }
  const { httpStatus, ocpiStatus, statusMessage } = answer;
  const codes = { httpStatus, ...(ocpiStatus !== undefined && { ocpiStatus }) };
  const reason = reasonOf(httpStatus, ocpiStatus, statusMessage);
  if (httpStatus === 401 || httpStatus === 403) return { kind: 'unauthorized', reason, httpStatus };
  if (httpStatus >= 500 || httpStatus < 200 || isNotProcessed(httpStatus)) {
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], Date.now());
    return {
      kind: 'unavailable',
      reason,
      ...codes,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      isOverload: httpStatus === 429 || httpStatus === 503,
    };
  }
  if (httpStatus >= 400) return { kind: 'rejected', reason, ...codes };
  if (httpStatus >= 300) return { kind: 'unavailable', reason: `redirect (${reason})`, ...codes };
  if (ocpiStatus === undefined) return withoutEnvelope(answer.text, httpStatus, acceptEmptySuccess);
  if (isSuccess(ocpiStatus)) return { kind: 'delivered' };
  if (ocpiStatus >= 3000) return { kind: 'unavailable', reason, ...codes };
  return { kind: 'rejected', reason, ...codes };
}

function withoutEnvelope(text: string, httpStatus: number, accept: boolean): PushOutcome {
  if (text.trim() !== '') {
    return {
      kind: 'unavailable',
      reason: `HTTP ${httpStatus} without an OCPI envelope`,
      httpStatus,
    };
  }
  return accept
    ? { kind: 'delivered', deviation: 'success without an envelope' }
    : { kind: 'rejected', reason: `HTTP ${httpStatus} without an envelope`, httpStatus };
}

/** Retry-After in seconds or as a date; undefined when absent or nonsense. */
function readRetryAfter(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** For people and for the database, which holds no NUL. */
function reasonOf(httpStatus: number, ocpiStatus?: number, message?: string): string {
  const ocpi = ocpiStatus === undefined ? '' : `, OCPI ${ocpiStatus}`;
  const said = message === undefined || message === '' ? '' : `: ${storableText(message, 500)}`;
  return `HTTP ${httpStatus}${ocpi}${said}`;
}
