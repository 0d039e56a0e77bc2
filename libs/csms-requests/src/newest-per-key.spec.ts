import { type CsmsMessageEntity } from '#database';
import { NewestPerKey } from './newest-per-key.js';

const row = (
  xid: number,
  seq: number,
  key: string,
  type = 'ocpi.token.upserted.v1',
): CsmsMessageEntity => ({
  xid,
  seq,
  key,
  type,
  id: `${xid}.${seq}`,
  subject: key,
  data: '{}',
  partyKey: null,
  traceparent: null,
  at: new Date(0),
});
const seqs = (rows: CsmsMessageEntity[]) => rows.map(({ seq }) => seq);

describe('the order of messages per key', () => {
  it('is that of the sequence, whichever transaction began first', () => {
    expect(
      seqs(new NewestPerKey().inOrder([row(1, 5, 'A'), row(2, 3, 'A'), row(2, 4, 'B')])),
    ).toEqual([3, 4, 5]);
  });

  it('leaves out a token message that a later one of its token has overtaken', () => {
    const newest = new NewestPerKey();
    newest.wereTold(newest.inOrder([row(1, 5, 'A')]));
    expect(seqs(newest.inOrder([row(2, 3, 'A'), row(2, 4, 'B'), row(3, 6, 'A')]))).toEqual([4, 6]);
  });

  it('tells partner events late rather than never', () => {
    const newest = new NewestPerKey();
    newest.wereTold([row(1, 5, 'emsp', 'ocpi.partner.changed.v1')]);
    expect(seqs(newest.inOrder([row(2, 3, 'emsp', 'ocpi.partner.connected.v1')]))).toEqual([3]);
  });

  it('repeats what was not taken', () => {
    const newest = new NewestPerKey();
    const rows = [row(1, 1, 'A'), row(1, 2, 'A')];
    newest.inOrder(rows);
    expect(seqs(newest.inOrder(rows))).toEqual([1, 2]);
  });
});
