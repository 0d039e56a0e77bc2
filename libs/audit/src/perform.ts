import { createLogger } from '#platform';
import { type DataSource } from 'typeorm';
import { type Act, withAct } from './act.js';
import { type AuditEntry, type AuditOutcome, writeAuditEntry } from './audit-entry.js';

/** Why something did not happen, in words that may be kept. */
export interface Unhappened {
  outcome: Exclude<AuditOutcome, 'done'>;
  reason: string;
}

/**
 * Does the work as this act. Its line in the audit log is written by `recordAct` in a transaction of the work, else here;
 * what throws is written as `explain` says, and thrown on.
 */
export async function perform<T>(
  dataSource: DataSource,
  act: Act,
  explain: (error: unknown) => Unhappened,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await withAct(act, work);
    if (!act.isRecorded) await write(dataSource, act.entry('done', null));
    return result;
  } catch (error) {
    const { outcome, reason } = explain(error);
    await write(dataSource, act.entry(outcome, reason));
    throw error;
  }
}

/** What happened has happened, also where it cannot be written down; then the log of the process has it. */
async function write(dataSource: DataSource, entry: AuditEntry): Promise<void> {
  try {
    await writeAuditEntry(dataSource, entry);
  } catch (error) {
    createLogger('audit').error({ err: error, entry }, 'an audit entry could not be stored');
  }
}
