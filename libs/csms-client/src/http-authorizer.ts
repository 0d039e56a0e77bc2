import { setTimeout as sleep } from 'node:timers/promises';
import { type AuthorizationDecided, type AuthorizationRequested } from '#csms-contract';
import { Agent, request } from 'undici';
import { type Authorizer, NoVerdictError } from './authorizer.js';

const ROUND_PAUSE_MS = 50;

/**
 * `POST {baseUrl}/csms/v1/authorizations`. Several base URLs are replicas of one gateway: where one is gone, breaks off or
 * is busy, the next is asked at once, round and round until the question's deadline. Asking again is harmless.
 */
export class HttpAuthorizer implements Authorizer {
  private readonly agent = new Agent({ keepAliveTimeout: 30_000 });
  /** The replica that answered last is asked first. */
  private preferred = 0;

  constructor(
    private readonly baseUrls: readonly string[],
    private readonly key: string,
  ) {}

  async authorize(question: AuthorizationRequested): Promise<AuthorizationDecided> {
    const deadline = Date.parse(question.deadline);
    let trouble: unknown;
    for (let turn = 0; Date.now() < deadline; turn++) {
      const replica = (this.preferred + turn) % this.baseUrls.length;
      try {
        const verdict = await this.ask(replica, question, deadline - Date.now());
        this.preferred = replica;
        return verdict;
      } catch (error) {
        if (error instanceof RefusedQuestionError) throw error;
        trouble = error;
      }
      const isRoundOver = (turn + 1) % this.baseUrls.length === 0;
      if (isRoundOver) await sleep(Math.min(ROUND_PAUSE_MS, Math.max(0, deadline - Date.now())));
    }
    throw new NoVerdictError(question.authorization_id, trouble);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async ask(
    replica: number,
    question: AuthorizationRequested,
    withinMs: number,
  ): Promise<AuthorizationDecided> {
    const answer = await request(`${this.baseUrls[replica] ?? ''}/csms/v1/authorizations`, {
      method: 'POST',
      dispatcher: this.agent,
      signal: AbortSignal.timeout(Math.max(1, withinMs)),
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 500) throw new Error(`HTTP ${answer.statusCode}`);
    if (answer.statusCode !== 200) throw new RefusedQuestionError(answer.statusCode, text);
    return JSON.parse(text) as AuthorizationDecided;
  }
}

/** The question is wrong, or the key: asking again would not help. */
export class RefusedQuestionError extends Error {
  override readonly name = 'RefusedQuestionError';

  constructor(
    readonly httpStatus: number,
    text: string,
  ) {
    super(`The gateway refused the question: HTTP ${httpStatus} ${text.slice(0, 500)}`);
  }
}
