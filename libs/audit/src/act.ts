import { AsyncLocalStorage } from 'node:async_hooks';
import { type EntityManager } from 'typeorm';
import { type Actor, type AuditEntry, type AuditOutcome, writeAuditEntry } from './audit-entry.js';

const acts = new AsyncLocalStorage<Act>();

/** What nobody asked for. */
const GATEWAY: Actor = { actor: 'gateway', role: null, sourceAddress: null, requestId: null };

/** Something under way that the audit log tells of, once, whoever writes it. */
export class Act {
  /** Its line is written, with the transaction of what it did. */
  isRecorded = false;

  constructor(
    readonly actor: Actor,
    private readonly what: Pick<AuditEntry, 'action' | 'connectionId' | 'subject' | 'details'>,
  ) {}

  entry(outcome: AuditOutcome, reason: string | null, more: object = {}): AuditEntry {
    const details = { ...this.what.details, ...more };
    return { ...this.actor, ...this.what, details, outcome, reason };
  }
}

/** Who does what is done here: the actor of the act under way, else the gateway by itself. */
export const currentActor = (): Actor => acts.getStore()?.actor ?? GATEWAY;

export const withAct = <T>(act: Act, work: () => T): T => acts.run(act, work);

/**
 * Writes the act under way as done, in the transaction that does it; `changed` is added to its details. Does nothing
 * where it is written already, and in background work that is nobody's act.
 */
export async function recordAct(tx: EntityManager, changed: object = {}): Promise<void> {
  const act = acts.getStore();
  if (!act || act.isRecorded) return;
  await writeAuditEntry(tx, act.entry('done', null, changed));
  act.isRecorded = true;
}
