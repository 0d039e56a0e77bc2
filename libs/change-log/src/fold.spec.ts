import { type ChangeEntity } from '#database';
import { foldChanges } from './fold.js';

const change = (seq: number, given: Partial<ChangeEntity>): ChangeEntity => ({
  xid: seq,
  seq,
  at: new Date(seq),
  kind: 'evse',
  objectId: 1,
  evseId: 11,
  connectorId: null,
  aspect: 'status',
  fields: null,
  audience: null,
  partyKey: 'NL*AAA',
  connectionId: null,
  versions: null,
  eventTime: null,
  traceparent: null,
  ...given,
});

describe('the traces of folded changes', () => {
  it('are those of the object, the newest last, and of each EVSE its own', () => {
    const [location] = foldChanges([
      change(1, { traceparent: 'one' }),
      change(2, { evseId: 12, traceparent: 'two' }),
      change(3, { evseId: 11, kind: 'connector', connectorId: '1', traceparent: 'three' }),
      change(4, { evseId: 11 }),
    ]);

    expect(location?.traces).toEqual(['one', 'two', 'three']);
    expect(location?.evses.get(11)?.traces).toEqual(['one', 'three']);
    expect(location?.evses.get(12)?.traces).toEqual(['two']);
  });

  it('name one event once, and of very many changes the last', () => {
    const [once] = foldChanges([1, 2, 3].map((seq) => change(seq, { traceparent: 'one' })));
    const many = Array.from({ length: 100 }, (_, seq) => change(seq, { traceparent: `t${seq}` }));
    const [last] = foldChanges(many);

    expect(once?.traces).toEqual(['one']);
    expect(last?.traces).toHaveLength(32);
    expect(last?.traces.at(-1)).toBe('t99');
  });
});
