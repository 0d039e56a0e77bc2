import { SeenTransactions } from '#change-log';
import { type ChangeEntity } from '#database';
import { ToldAhead } from './told-ahead.js';

const row = (given: Partial<ChangeEntity>): ChangeEntity => ({
  xid: 1,
  seq: 1,
  at: new Date(),
  kind: 'evse',
  objectId: 7,
  evseId: 70,
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

const told = (node: string, seen: string): ToldAhead => {
  const ahead = new ToldAhead();
  ahead.note(node, SeenTransactions.parse(seen));
  return ahead;
};

describe('what was told ahead', () => {
  it('holds the rows of transactions that the state had seen, not those that ran meanwhile', () => {
    const ahead = told('status:70', '10:20:10,14');
    const held = [9, 10, 13, 14, 19, 20].filter((xid) => ahead.holds(row({ xid })));
    expect(held).toEqual([9, 13, 19]);
  });

  it.each([
    ['location:7', 'all of the Location', ['status', 'fields', 'connector', 'location']],
    ['evse:70', 'all of the EVSE', ['status', 'fields', 'connector']],
    ['status:70', 'its status alone', ['status']],
    ['evse:71', 'nothing of another', []],
    ['tariff:7', 'nothing of another kind', []],
  ])('by %s holds %s', (node, _what, expected) => {
    const rows = {
      status: row({}),
      fields: row({ aspect: 'fields' }),
      connector: row({ kind: 'connector', connectorId: '1', aspect: 'content' }),
      location: row({ kind: 'location', evseId: null, aspect: 'content' }),
    };
    const ahead = told(node, '10:10:');
    const held = Object.entries(rows).filter(([, one]) => ahead.holds(one));
    expect(held.map(([name]) => name)).toEqual(expected);
  });

  it.each(['shown', 'hidden'] as const)('never holds that an object is %s (LOC-10)', (aspect) => {
    const hidden = row({ kind: 'location', evseId: null, aspect });
    expect(told('location:7', '10:10:').holds(hidden)).toBe(false);
  });

  it('is forgotten when the feed has read past it, and not before', () => {
    const ahead = told('status:70', '10:20:');
    ahead.forgetUpTo(18);
    expect(ahead.end).toBe(20);
    ahead.forgetUpTo(19);
    expect(ahead.end).toBe(0);
  });
});
