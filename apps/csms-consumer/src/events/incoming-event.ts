import { type CloudEvent, type ParsedEvent } from '#csms-contract';

/** Whom an event over HTTP comes from, and what it may write for. */
export interface CsmsClient {
  name: string;
  /** Party keys. */
  parties: readonly string[];
  /** Empty: any. */
  sources: readonly string[];
}

/** An event as a binding hands it in; `raw` and `origin` are what is kept when it has to be put aside. */
export interface IncomingEvent {
  binding: 'kafka' | 'http';
  origin: Record<string, unknown>;
  raw: Buffer;
  parsed: ParsedEvent;
  client?: CsmsClient;
}

export type OutcomeName =
  | 'applied'
  | 'unchanged'
  | 'duplicate'
  | 'stale'
  | 'held'
  | 'parked'
  /** Not taken on at all: the client may not write it. */
  | 'refused';

/** What came of an event; `reason` where it was put aside, refused or too old, `warnings` where it was applied and could be better. */
export interface EventOutcome {
  outcome: OutcomeName;
  reason?: string;
  warnings?: string[];
}

/** What a handler decides about an event. */
export type Verdict =
  /** `warnings`: what only the stored state could tell, beside the advice on the event alone. */
  | { outcome: 'applied' | 'unchanged'; warnings?: string[] }
  | { outcome: 'stale'; reason: string }
  | { outcome: 'held'; parentKey: string; reason: string }
  | { outcome: 'parked'; reason: string };

/** An event that passed its schema and OCPI's rules. */
export interface CheckedEvent<T = unknown> {
  event: CloudEvent;
  data: T;
  /** The hosted party it speaks for. */
  partyKey: string;
}

export const APPLIED: Verdict = { outcome: 'applied' };
export const UNCHANGED: Verdict = { outcome: 'unchanged' };
export const stale = (reason: string): Verdict => ({ outcome: 'stale', reason });
export const parked = (reason: string): Verdict => ({ outcome: 'parked', reason });
export const held = (parentKey: string, reason: string): Verdict => ({
  outcome: 'held',
  parentKey,
  reason,
});

/** The verdicts, with these warnings at their events. */
export const withWarnings = <T>(
  events: readonly T[],
  verdicts: readonly Verdict[],
  warnings: ReadonlyMap<T, string>,
): Verdict[] =>
  verdicts.map((verdict, index) => {
    const event = events[index];
    const warning = event && warnings.get(event);
    if (warning === undefined || verdict.outcome !== 'applied') return verdict;
    return { ...verdict, warnings: [...(verdict.warnings ?? []), warning] };
  });
