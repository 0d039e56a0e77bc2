import {
  type AuthorizationDecided,
  type AuthorizationRequested,
  type CloudEvent,
} from '#csms-contract';
import { type Authorizer, NoVerdictError } from './authorizer.js';
import { csmsEvent } from './csms-event.js';
import { type EventSender } from './event-sender.js';

/** Asks by an event and gets the answer among the gateway's messages: hand all of them to `hear`. */
export class EventAuthorizer implements Authorizer {
  private readonly waiting = new Map<string, (verdict: AuthorizationDecided) => void>();

  constructor(
    private readonly sender: EventSender,
    private readonly source: string,
  ) {}

  async authorize(question: AuthorizationRequested): Promise<AuthorizationDecided> {
    const { authorization_id: id, deadline } = question;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const leftMs = Math.max(0, Date.parse(deadline) - Date.now());
        timer = setTimeout(() => reject(new NoVerdictError(id)), leftMs);
        this.waiting.set(id, resolve);
        const event = csmsEvent('ocpi.authorization.requested.v1', question, {
          source: this.source,
        });
        this.sender.send([event]).catch(reject);
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(id);
    }
  }

  /** An answer that nobody waits for any more is none of ours, or too late. */
  hear({ type, data }: CloudEvent): void {
    if (type !== 'ocpi.authorization.decided.v1') return;
    const verdict = data as AuthorizationDecided;
    this.waiting.get(verdict.authorization_id)?.(verdict);
  }
}
