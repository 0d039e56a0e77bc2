import { formatDateTime } from '../types/date-time.js';
import { type OcpiVersion } from '../types/ocpi-version.js';
import { isSuccess, STATUS_CODES } from './status-codes.js';

/** What every answer looks like (TRN-46); `data` is left out where no payload is defined (TRN-49). */
export interface Envelope<T = unknown> {
  data?: T;
  status_code: number;
  status_message?: string;
  timestamp: string;
}

export interface EnvelopeOptions {
  statusCode?: number;
  message?: string;
  /** When this answer was made. */
  now: Date;
  /** Decides the precision of the timestamp; whole seconds fit all versions and are the default. */
  version?: OcpiVersion;
}

/** Wraps an answer; `data` undefined → no `data` key. An empty list stays `[]` (TRN-47). */
export function envelope<T>(data: T | undefined, options: EnvelopeOptions): Envelope<T> {
  const { statusCode = STATUS_CODES.success, message, now, version = '2.1.1' } = options;
  return {
    ...(data === undefined ? {} : { data }),
    status_code: statusCode,
    ...(message === undefined ? {} : { status_message: message }),
    timestamp: formatDateTime(now, version),
  };
}

/** The same around data that is JSON text already; the text is not looked at. */
export function envelopeText(dataJson: string, options: EnvelopeOptions): string {
  return `{"data":${dataJson},${JSON.stringify(envelope(undefined, options)).slice(1)}`;
}

/** What a partner's answer says. `data` is there only on success, and may be anything (STA-09). */
export interface ReadEnvelope {
  success: boolean;
  statusCode: number;
  statusMessage: string | undefined;
  timestamp: string | undefined;
  data: unknown;
}

/**
 * Reads a partner's envelope, forgiving all but a missing status code: that is the one thing without which an answer
 * says nothing (undefined). Codes sent as text are read as numbers; success is 1000 to 1999 (STA-08); null, absent
 * and arbitrary data are all fine where none is due (TRN-49).
 */
export function readEnvelope(json: unknown): ReadEnvelope | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const { status_code, status_message, timestamp, data } = json as Record<string, unknown>;
  const statusCode = typeof status_code === 'string' ? Number(status_code) : status_code;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode)) return undefined;
  const success = isSuccess(statusCode);
  return {
    success,
    statusCode,
    statusMessage: typeof status_message === 'string' ? status_message : undefined,
    timestamp: typeof timestamp === 'string' ? timestamp : undefined,
    data: success ? (data ?? undefined) : undefined,
  };
}

/** The list an answer holds: `[]`, null and absence are all an empty list (TRN-47); undefined when it is no list. */
export function listOf(answer: Pick<ReadEnvelope, 'data'>): unknown[] | undefined {
  if (answer.data === undefined) return [];
  return Array.isArray(answer.data) ? answer.data : undefined;
}
