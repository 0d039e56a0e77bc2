import { type OcpiVersion, type Routing } from '#ocpi';

/** One request to a partner. */
export interface PartnerRequest {
  /** For logs and metrics only. */
  connectionId: string;
  /** The module it belongs to, for traces only. */
  module?: string | undefined;
  /** Decides the way the token is written when `encoding` does not; undefined before a version is agreed. */
  version?: OcpiVersion | undefined;
  method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  url: string;
  /** Path and query leave byte by byte as they are written, where HTTP can carry them (CMD-17). */
  isExact?: boolean | undefined;
  /** The credentials token as it was handed over; undefined sends no Authorization header. */
  token?: string | undefined;
  encoding?: 'base64' | 'plain' | null | undefined;
  /** Given for functional modules from 2.2.1 on, left out elsewhere (TRN-52, TRN-53). */
  routing?: Routing | undefined;
  /** JSON text. */
  body?: string | undefined;
  timeoutMs: number;
  /** Kept over all requests that one event causes; a fresh one when left out. */
  correlationId?: string | undefined;
  signal?: AbortSignal | undefined;
}

interface AnswerBase {
  durationMs: number;
  /** X-Request-ID as sent: fresh for every attempt (TRN-61). */
  requestId: string;
}

/** The partner answered over HTTP, whatever it said. */
export interface PartnerAnswered extends AnswerBase {
  kind: 'answered';
  httpStatus: number;
  /** Undefined when the body is no OCPI envelope. */
  ocpiStatus: number | undefined;
  /** Without the token that was shown. */
  statusMessage: string | undefined;
  /** Only of a success (1xxx); anything, also where none is due (STA-09, TRN-49). */
  data: unknown;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** Without the token that was shown; `data` is as it came, for a partner may keep its token in an update. */
  text: string;
}

export interface PartnerFailed extends AnswerBase {
  kind: 'failed';
  reason: 'timeout' | 'network' | 'address-refused' | 'too-large' | 'aborted';
  message: string;
}

export type PartnerAnswer = PartnerAnswered | PartnerFailed;
