import { type SeenTransactions } from '#change-log';
import { type ChangeEntity } from '#database';

/**
 * What a partner was told in a newer state than its feed had read up to: later rows of the log that this state held
 * already are passed over, so that nothing is told twice (P11).
 */
export class ToldAhead {
  private readonly states = new Map<string, SeenTransactions>();

  /** All rows that are held are of transactions below; 0 when there are none. */
  get end(): number {
    let last = 0;
    for (const { end } of this.states.values()) last = Math.max(last, end);
    return last;
  }

  /** The partner has a node, named as in `PushResult.covers`, in a state that holds what these transactions did. */
  note(node: string, seen: SeenTransactions): void {
    this.states.set(node, seen);
  }

  /**
   * Does the partner know already what this row says? Row by row, for of two changes to one object the later transaction may
   * have ended first. Never of a connection's own rows: what may be shown is looked up apart from the state.
   */
  holds(row: ChangeEntity): boolean {
    if (this.states.size === 0 || row.aspect === 'shown' || row.aspect === 'hidden') return false;
    return nodesOf(row).some((node) => this.states.get(node)?.has(row.xid) === true);
  }

  /** Forgets what cannot hold any row behind this transaction. */
  forgetUpTo(xid: number): void {
    for (const [node, seen] of this.states) if (seen.end <= xid + 1) this.states.delete(node);
  }
}

/** The nodes whose state tells what a row says. */
function nodesOf({ kind, objectId, evseId, aspect }: ChangeEntity): string[] {
  if (kind !== 'evse' && kind !== 'connector') return [`${kind}:${objectId}`];
  const location = `location:${objectId}`;
  if (evseId === null) return [location];
  const isStatus = kind === 'evse' && aspect === 'status';
  return [location, `evse:${evseId}`, ...(isStatus ? [`status:${evseId}`] : [])];
}
