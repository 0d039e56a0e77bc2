import { describeErrors, type FieldError } from '../types/field-error.js';
import { type OcpiVersion } from '../types/ocpi-version.js';
import { STATUS_CODES } from './status-codes.js';

interface ErrorDetails {
  cause?: unknown;
  /** Methods that are allowed, for 405. */
  allow?: readonly string[];
  /** For 429: when the next request may pass. */
  retryAfterSeconds?: number;
}

/** Kinds of object that a URL can name. */
export type ObjectKind = 'location' | 'token' | 'session' | 'cdr' | 'tariff' | 'other';

/** Codes of an unknown object; 2.1.1 has none for tokens (STA-04, STA-11). */
const unknownCode = (kind: ObjectKind, version: OcpiVersion): number => {
  if (kind === 'location') return STATUS_CODES.unknownLocation;
  if (kind === 'token' && version !== '2.1.1') return STATUS_CODES.unknownToken;
  return STATUS_CODES.clientError;
};

/**
 * A refusal as a partner gets it: HTTP status, OCPI status code and a message that gives nothing away. The cause is
 * for our log only.
 */
export class OcpiError extends Error {
  readonly allow: readonly string[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly httpStatus: number,
    readonly statusCode: number,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.name = 'OcpiError';
    this.allow = details.allow;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** Sound JSON with unacceptable content, on a resource that exists: never an HTTP error (STA-02). */
  static invalidParameters(errors: readonly FieldError[] | string): OcpiError {
    const message = typeof errors === 'string' ? errors : describeErrors(errors);
    return new OcpiError(200, STATUS_CODES.invalidParameters, message);
  }

  static notEnoughInformation(message: string): OcpiError {
    return new OcpiError(200, STATUS_CODES.notEnoughInformation, message);
  }

  /** The object a URL names is not there, or not for this partner: the two look alike (STA-04). */
  static unknownObject(kind: ObjectKind, version: OcpiVersion): OcpiError {
    const name = kind === 'other' ? 'object' : kind;
    return new OcpiError(404, unknownCode(kind, version), `unknown ${name}`);
  }

  /** A command names a Location, EVSE or Connector that is not there (STA-10). */
  static unknownLocation(message = 'unknown location'): OcpiError {
    return new OcpiError(200, STATUS_CODES.unknownLocation, message);
  }

  /** A URL that is no resource of ours. */
  static unknownResource(): OcpiError {
    return new OcpiError(404, STATUS_CODES.clientError, 'no such resource');
  }

  /** Charging preferences for an EVSE that takes none: 404 and 2001 together (STA-18, SES-08). */
  static notCapable(message: string): OcpiError {
    return new OcpiError(404, STATUS_CODES.invalidParameters, message);
  }

  /** Missing, unknown or misplaced credentials token (TRN-05, TRN-12). */
  static unauthorized(message = 'missing or unknown credentials token'): OcpiError {
    return new OcpiError(401, STATUS_CODES.clientError, message);
  }

  static methodNotAllowed(allow: readonly string[]): OcpiError {
    return new OcpiError(405, STATUS_CODES.clientError, 'method not allowed', { allow });
  }

  /** The body is not JSON, or none that we read (STA-01). */
  static badJson(cause?: unknown, message = 'the body is not JSON'): OcpiError {
    return new OcpiError(400, STATUS_CODES.invalidParameters, message, { cause });
  }

  static tooLarge(): OcpiError {
    return new OcpiError(413, STATUS_CODES.clientError, 'the body is too large');
  }

  static tooManyRequests(retryAfterSeconds: number): OcpiError {
    return new OcpiError(429, STATUS_CODES.clientError, 'too many requests', { retryAfterSeconds });
  }

  /** We failed at something the request had a right to (STA-14). */
  static ownFailure(message = 'the server could not do this', cause?: unknown): OcpiError {
    return new OcpiError(200, STATUS_CODES.serverError, message, { cause });
  }

  /** We cannot work at all for now (STA-14, STA-19). */
  static unavailable(message = 'temporarily unavailable', cause?: unknown): OcpiError {
    return new OcpiError(503, STATUS_CODES.serverError, message, { cause });
  }

  /** The other side's API could not be used during registration. */
  static clientApiUnusable(message: string, cause?: unknown): OcpiError {
    return new OcpiError(200, STATUS_CODES.clientApiUnusable, message, { cause });
  }

  static unsupportedVersion(message: string): OcpiError {
    return new OcpiError(200, STATUS_CODES.unsupportedVersion, message);
  }

  static missingEndpoints(message: string): OcpiError {
    return new OcpiError(200, STATUS_CODES.missingEndpoints, message);
  }
}
