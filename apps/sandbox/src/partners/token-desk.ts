import { setTimeout as sleep } from 'node:timers/promises';
import { foldId, type OcpiVersion } from '#ocpi';
import { type StoreAnswer, type Wire } from './emsp-store.js';

/** What an eMSP says of one token in real time; `delayMs` lets the driver wait. */
export interface TokenAnswer {
  allowed: 'ALLOWED' | 'BLOCKED' | 'EXPIRED' | 'NO_CREDIT' | 'NOT_ALLOWED';
  delayMs?: number;
  authorization_reference?: string;
}

/** A question that was asked, for whoever looks on. */
export interface AskedToken {
  at: Date;
  uid: string;
  type: string;
  location: unknown;
  answered: string;
}

/** Answers POST tokens/{uid}/authorize by what was set for the uid; tokens of its own are allowed while valid, others unknown. */
export class TokenDesk {
  readonly asked: AskedToken[] = [];
  private readonly answers = new Map<string, TokenAnswer>();
  private readonly unlisted = new Map<string, Wire>();
  private readonly listeners: ((asked: AskedToken) => void)[] = [];

  constructor(
    private readonly version: OcpiVersion,
    private readonly tokens: readonly Wire[],
  ) {}

  onAsked(listener: (asked: AskedToken) => void): void {
    this.listeners.push(listener);
  }

  /** Sets the answer for a uid; `token` is one that the gateway was never told of. Undefined: as the token itself says. */
  set(uid: string, answer: TokenAnswer | undefined, token?: Wire): void {
    if (answer) this.answers.set(foldId(uid), answer);
    else this.answers.delete(foldId(uid));
    if (token) this.unlisted.set(foldId(uid), token);
  }

  async authorize(
    uid: string,
    type: string,
    location: unknown,
  ): Promise<StoreAnswer & { data?: unknown }> {
    const token = this.find(uid);
    const set = this.answers.get(foldId(uid));
    const answer: TokenAnswer | undefined =
      set ?? (token && { allowed: token.valid === false ? 'BLOCKED' : 'ALLOWED' });
    if (answer?.delayMs !== undefined) await sleep(answer.delayMs);
    const asked = { at: new Date(), uid, type, location, answered: answer?.allowed ?? 'unknown' };
    this.asked.push(asked);
    for (const listener of this.listeners) listener(asked);
    if (!answer) return { httpStatus: 404, ocpiStatus: 2004, message: 'unknown token' };
    return { httpStatus: 200, ocpiStatus: 1000, data: this.info(answer, token, location) };
  }

  private find(uid: string): Wire | undefined {
    const own = this.tokens.find((token) => foldId(String(token.uid)) === foldId(uid));
    return own ?? this.unlisted.get(foldId(uid));
  }

  /** AuthorizationInfo; 2.1.1 has neither token nor reference (TOK-30). */
  private info(answer: TokenAnswer, token: Wire | undefined, location: unknown): Wire {
    const { allowed, authorization_reference } = answer;
    const place = location !== undefined && allowed === 'ALLOWED' ? { location } : {};
    if (this.version === '2.1.1') return { allowed, ...place };
    return {
      allowed,
      ...(token && { token }),
      ...place,
      ...(authorization_reference !== undefined && { authorization_reference }),
    };
  }
}
