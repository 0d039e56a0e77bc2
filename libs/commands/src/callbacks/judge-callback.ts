import { storableText } from '#database';
import { isSuccess } from '#ocpi';
import { type PartnerAnswer } from '#partners';
import { type CallbackOutcome } from './callback-rows.js';

/**
 * Judges the answer to a result. No payload is laid down for it: any 2xx counts unless an OCPI status in it says otherwise
 * (CMD-23, CHP-39).
 */
export function judgeCallback(answer: PartnerAnswer): CallbackOutcome {
  if (answer.kind === 'failed') {
    return { state: 'failed', note: `${answer.reason}: ${answer.message}` };
  }
  const { httpStatus, ocpiStatus, statusMessage, durationMs } = answer;
  const said =
    statusMessage === undefined || statusMessage === ''
      ? ''
      : `: ${storableText(statusMessage, 500)}`;
  const ocpi = ocpiStatus === undefined ? '' : `, OCPI ${ocpiStatus}`;
  const note = `HTTP ${httpStatus}${ocpi}${said} (${durationMs} ms)`;
  if (httpStatus >= 400 && httpStatus < 500) return { state: 'refused', note };
  if (httpStatus < 200 || httpStatus >= 300) return { state: 'failed', note };
  const isTaken = ocpiStatus === undefined || isSuccess(ocpiStatus);
  return { state: isTaken ? 'delivered' : 'refused', note };
}
