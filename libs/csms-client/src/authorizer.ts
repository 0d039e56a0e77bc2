import { type AuthorizationDecided, type AuthorizationRequested } from '#csms-contract';

/** Asks the gateway whether a driver may charge; there is one per way of asking. */
export interface Authorizer {
  /** @throws NoVerdictError when the question's deadline passes without an answer */
  authorize(question: AuthorizationRequested): Promise<AuthorizationDecided>;
}

/** Nobody answered in time: the CSMS goes by the rule that the contract has for this. */
export class NoVerdictError extends Error {
  override readonly name = 'NoVerdictError';

  constructor(authorizationId: string, cause?: unknown) {
    super(`no verdict on ${authorizationId} before its deadline`, { cause });
  }
}
