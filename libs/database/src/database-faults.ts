const TRANSIENT_CLASSES = ['08', '53', '57', '58'];
const AWAY =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connection terminated|connection error|timeout exceeded when trying to connect|Connection ended|Driver not Connected|not queryable|pool after calling end/i;

interface DatabaseFault {
  code?: unknown;
  message?: unknown;
  driverError?: unknown;
  errors?: unknown;
}

/** The database is away, or going: the event is not to blame, and the same again will work later. */
export function isDatabaseAway(error: unknown): boolean {
  const fault = (error ?? {}) as DatabaseFault;
  if (fault.driverError !== undefined && isDatabaseAway(fault.driverError)) return true;
  if (Array.isArray(fault.errors) && fault.errors.some(isDatabaseAway)) return true;
  const code = typeof fault.code === 'string' ? fault.code : '';
  if (/^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)) {
    return TRANSIENT_CLASSES.includes(code.slice(0, 2)) || code === '25006';
  }
  return AWAY.test(code) || AWAY.test(typeof fault.message === 'string' ? fault.message : '');
}

/** Two transactions met: serialization failure, deadlock, or both created the same row. The same again works. */
export function isCollision(error: unknown): boolean {
  const fault = (error ?? {}) as DatabaseFault;
  return ['40001', '40P01', '23505', '55P03'].includes(String(fault.code));
}
