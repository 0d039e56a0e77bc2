import { partyKey, type Token } from '#ocpi';
import { actsFor, type CommandCaller } from './command-caller.js';
import { type CommandRefusal, rejected } from './command-verdict.js';

/** A sender uses its own tokens only (CMD-43). */
export const whyNotOwn = (caller: CommandCaller, token: Token): CommandRefusal | undefined =>
  actsFor(caller).includes(partyKey(token)) ? undefined : rejected('the token is not yours');
