import { type Fleet } from '../fleet.js';
import { type Action } from '../request-desk.js';

/** The Session ends when the station says that the transaction did, and not because of the request (CMD-51). */
export const stopSession =
  (fleet: Fleet): Action<'ocpi.stop-session.requested.v1'> =>
  ({ session_id }) => {
    const visit = fleet.visitOf(session_id);
    if (!visit) return { result: { status: 'Rejected', reason_code: 'TxNotFound' } };
    return {
      result: { status: 'Accepted' },
      then: () => {
        visit.stop();
        return Promise.resolve();
      },
    };
  };
