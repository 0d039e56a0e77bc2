/** The codes of the standard modules (status codes chapter). 4xxx come from hubs only and are never sent (STA-15). */
export const STATUS_CODES = {
  success: 1000,
  clientError: 2000,
  invalidParameters: 2001,
  notEnoughInformation: 2002,
  unknownLocation: 2003,
  unknownToken: 2004,
  serverError: 3000,
  clientApiUnusable: 3001,
  unsupportedVersion: 3002,
  missingEndpoints: 3003,
  hubError: 4000,
  unknownReceiver: 4001,
  hubTimeout: 4002,
  hubConnectionProblem: 4003,
} as const;

/** Codes are judged by their first digit, known or not (STA-08). */
export const isSuccess = (statusCode: number): boolean => statusCode >= 1000 && statusCode < 2000;
