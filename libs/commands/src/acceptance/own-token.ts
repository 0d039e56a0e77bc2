import { partyKey, type Token } from '#ocpi';
import { actsFor, type CommandCaller } from './command-caller.js';
import { type Refusal, rejected } from './verdict.js';

/** A sender uses its own tokens only (CMD-43). */
export const whyNotOwn = (caller: CommandCaller, token: Token): Refusal | undefined =>
  actsFor(caller).includes(partyKey(token)) ? undefined : rejected('the token is not yours');
