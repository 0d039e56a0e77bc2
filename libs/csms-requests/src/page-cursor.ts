import { type Cursor } from '#change-log';

/** A place in the outbox as clients of the long poll carry it; they need not understand it. */
export const printPageCursor = ({ xid, seq }: Cursor): string =>
  Buffer.from(`${xid.toString(36)}.${seq.toString(36)}`).toString('base64url');

/** The place that such a text names; undefined when it is none of ours. */
export function readPageCursor(text: string): Cursor | undefined {
  const parts = /^([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/.exec(
    Buffer.from(text, 'base64url').toString('latin1'),
  );
  if (!parts) return undefined;
  const [xid, seq] = [parts[1], parts[2]].map((part) => Number.parseInt(part ?? '', 36));
  return Number.isSafeInteger(xid) && Number.isSafeInteger(seq)
    ? { xid: xid ?? 0, seq: seq ?? 0 }
    : undefined;
}
