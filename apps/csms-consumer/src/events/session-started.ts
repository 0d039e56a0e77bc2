import { checkSession, type Session, sessionChecker } from '#ocpi';
import { eventHandler } from './event-handler.js';
import { storeSessions } from './store-sessions.js';

const STATUSES: readonly string[] = ['PENDING', 'RESERVATION', 'ACTIVE'];

/** A Session begins before it ends (SES-23). */
export const sessionStarted = eventHandler<Session>({
  checker: sessionChecker,
  rules: (session) => [
    ...(STATUSES.includes(session.status)
      ? []
      : [{ path: 'status', message: `must be one of ${STATUSES.join(', ')} in this event` }]),
    ...checkSession(session),
  ],
  handle: storeSessions,
});
