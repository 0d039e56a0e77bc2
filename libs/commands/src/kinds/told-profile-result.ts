import { type ChargingProfileResultType } from '#ocpi';
import { type CommandOutcome } from './command-kind.js';

/** The result as partners are told it: charging profiles have no word for a time that is over (CHP-15). */
export const toldProfileResult = ({ result }: CommandOutcome): ChargingProfileResultType =>
  result === 'TIMEOUT' ? 'REJECTED' : (result as ChargingProfileResultType);
