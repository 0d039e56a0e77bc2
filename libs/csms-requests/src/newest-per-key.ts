import { EVENT_TYPES, isEventType, TOPICS } from '#csms-contract';
import { type CsmsMessageEntity } from '#database';
import { LRUCache } from 'lru-cache';

const KEYS = 20_000;

/**
 * The order of messages per key. Rows come by transaction, but `seq` alone says which of two writers of one object was
 * later: the one with the older transaction may have waited for the other. Inside a batch sorting settles it. Across
 * batches the overtaken row is left out where its topic is compacted, since there the last record is what stays.
 */
export class NewestPerKey {
  private readonly told = new LRUCache<string, number>({ max: KEYS });

  /** The rows to tell, in order of `seq`. */
  inOrder(rows: readonly CsmsMessageEntity[]): CsmsMessageEntity[] {
    return rows.filter((row) => !this.isOvertaken(row)).sort((a, b) => a.seq - b.seq);
  }

  /** Remembers what was taken. */
  wereTold(rows: readonly CsmsMessageEntity[]): void {
    for (const { key, seq } of rows) this.told.set(key, Math.max(seq, this.told.get(key) ?? 0));
  }

  private isOvertaken({ type, key, seq }: CsmsMessageEntity): boolean {
    return isCompacted(type) && seq < (this.told.get(key) ?? 0);
  }
}

const isCompacted = (type: string): boolean =>
  isEventType(type) && EVENT_TYPES[type].topics.some((id) => TOPICS[id].cleanup === 'compact');
