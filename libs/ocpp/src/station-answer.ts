/** How a request to a station ended, in OCPP's words and those that the CSMS adds to them. */
export interface StationAnswer {
  /** The status that the station answered. */
  status?: string;
  /** statusInfo.reasonCode, from OCPP 2.0.1 on; compared without case, as OCPP's identifiers are. */
  reason_code?: string;
  /** Instead of a status: the code of a CALLERROR, or one of `NO_ANSWER`. */
  error?: string;
}

/** The station said nothing in time, cannot be reached, or the request was too old when its turn came. */
export const NO_ANSWER: readonly string[] = ['Timeout', 'Offline', 'Expired'];

/** CALLERROR codes by which a station says that it does not know the message. */
export const UNKNOWN_MESSAGE: readonly string[] = ['NotImplemented', 'NotSupported'];
