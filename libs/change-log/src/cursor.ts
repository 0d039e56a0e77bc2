/** A place in a log that is ordered by (xid, seq): everything up to and including it is done with. */
export interface Cursor {
  xid: number;
  seq: number;
}

/** Behind every row of transaction `xid`. */
export const endOf = (xid: number): Cursor => ({ xid, seq: Number.MAX_SAFE_INTEGER });

export const compareCursors = (a: Cursor, b: Cursor): number => a.xid - b.xid || a.seq - b.seq;

export const isBehind = (a: Cursor, b: Cursor): boolean => compareCursors(a, b) < 0;
