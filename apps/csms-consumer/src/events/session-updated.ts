import { checkSession, type Session, sessionChecker } from '#ocpi';
import { eventHandler } from './event-handler.js';
import { storeSessions } from './store-sessions.js';

/** A Session as it is now; the first news of one that began is as good (SES-14). */
export const sessionUpdated = eventHandler<Session>({
  checker: sessionChecker,
  rules: checkSession,
  handle: storeSessions,
});
