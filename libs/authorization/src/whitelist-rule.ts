import { type Token } from '#ocpi';
import { isOfApp } from './command-rule.js';
import { type Decision, type DecidedBy, driverOf, refusal } from './decision.js';

/** A token whose owner is known. */
export interface KnownToken {
  token: Token;
  /** As TOK-13 counts it: stated valid, by a partner that is still there. */
  isValid: boolean;
  connectionId: string | undefined;
}

/** Either decided here, or to be asked of its owner; `offline` holds when the owner cannot be asked. */
export type Plan = { decision: Decision } | { offline: Decision };

/**
 * What the whitelist type demands: ALWAYS is decided here, ALLOWED as the profile chooses, ALLOWED_OFFLINE is asked while it
 * can be, NEVER is always asked (TOK-18 to TOK-21). Whoever must be asked is asked, though the list says invalid (TOK-22).
 */
export function planFor(known: KnownToken, allowedTokens: 'local' | 'real_time'): Plan {
  const { token } = known;
  if (token.type === 'LICENSE_PLATE') {
    return {
      decision: refusal('NOT_ALLOWED', 'LOCAL', 'a number plate alone starts nothing (TOK-43)'),
    };
  }
  const isLocal =
    token.whitelist === 'ALWAYS' || (token.whitelist === 'ALLOWED' && allowedTokens === 'local');
  if (isLocal) return { decision: byList(known, 'LOCAL') };
  const offline: Decision =
    token.whitelist === 'NEVER'
      ? refusal('UNREACHABLE', 'OFFLINE', 'must be asked for, and nobody answers')
      : byList(known, 'OFFLINE');
  if (!isOfApp(token)) return { offline };
  const why = 'an app token without a command is asked of nobody (TOK-34)';
  return { decision: refusal('NOT_ALLOWED', 'LOCAL', why) };
}

function byList({ token, isValid, connectionId }: KnownToken, decidedBy: DecidedBy): Decision {
  const partner = connectionId === undefined ? {} : { connectionId };
  if (!token.valid) return refusal('BLOCKED', decidedBy, 'the token is invalid', partner);
  if (!isValid) return refusal('NOT_ALLOWED', decidedBy, 'its partner has gone', partner);
  return {
    allowed: 'ALLOWED',
    decidedBy,
    authMethod: 'WHITELIST',
    driver: driverOf(token),
    why: `whitelist ${token.whitelist}`,
    ...partner,
  };
}
