/** The transactions whose changes a statement could see: those that had ended when its snapshot was taken. */
export class SeenTransactions {
  static readonly none = new SeenTransactions(0, 0, new Set());

  private constructor(
    /** All below had ended. */
    readonly horizon: number,
    /** None from here on had begun to count. */
    readonly end: number,
    private readonly running: ReadonlySet<number>,
  ) {}

  /** Reads `xmin:xmax:xid,xid…`, as PostgreSQL prints a `pg_snapshot`. */
  static parse(text: string): SeenTransactions {
    const [horizon = '', end = '', running = ''] = text.split(':');
    const xids = running === '' ? [] : running.split(',').map(Number);
    return new SeenTransactions(Number(horizon), Number(end), new Set(xids));
  }

  /** Transaction ids of a subtransaction are not known here; the log has none of those. */
  has(xid: number): boolean {
    return xid < this.horizon || (xid < this.end && !this.running.has(xid));
  }
}
