/** Ways a partner can go wrong on request, each for the next `times` requests (default: until told otherwise). */
export type Misbehaviour =
  | { kind: 'slow'; delayMs: number; times?: number }
  /** Answers with this HTTP status and stores nothing. */
  | { kind: 'error'; httpStatus: number; retryAfterSeconds?: number; times?: number }
  /** HTTP 200 with this OCPI status, and stores nothing. */
  | { kind: 'refuse'; ocpiStatus: number; times?: number }
  /** Cuts the connection before reading on. */
  | { kind: 'drop'; times?: number }
  /** Stores, then cuts the connection: the sender cannot know. */
  | { kind: 'store-then-drop'; times?: number }
  /** Accepts and never answers. */
  | { kind: 'silent'; times?: number };

/** The misbehaviour in force, counted down as requests come in. */
export class MisbehaviourSwitch {
  private current: Misbehaviour | undefined;
  private left = 0;

  set(misbehaviour: Misbehaviour | undefined): void {
    this.current = misbehaviour;
    this.left = misbehaviour?.times ?? Number.POSITIVE_INFINITY;
  }

  /** What the next request gets; undefined = good manners. */
  next(): Misbehaviour | undefined {
    if (!this.current || this.left <= 0) return undefined;
    this.left -= 1;
    return this.current;
  }
}
