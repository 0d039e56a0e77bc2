import { type CsmsEvent } from '#csms-client';
import { buildNetwork } from './charging-network.js';
import { VirtualCsms } from './virtual-csms.js';

const PARTY = { country_code: 'NL', party_id: 'EVC' };
const TOKEN = { ...PARTY, uid: 'CARD-1', type: 'RFID', contract_id: 'NLEVCC00000001' } as const;

function csmsWith(told: CsmsEvent[]): VirtualCsms {
  return new VirtualCsms(buildNetwork(PARTY, new Date()), {
    send: (events) => Promise.resolve(void told.push(...events)),
    close: () => Promise.resolve(),
  });
}

describe('the virtual CSMS', () => {
  it('ends a session with its CDR at once when the car is unplugged early', async () => {
    const told: CsmsEvent[] = [];
    const csms = csmsWith(told);
    const location = csms.network.locations[0]!;
    const evse = location.evses![0]!;
    const leave = new AbortController();
    csms.onStatement(({ type }) => {
      if (type === 'ocpi.session.started.v1') leave.abort();
    });

    await csms.visit({
      sessionId: 'S-1',
      location,
      evse,
      token: TOKEN,
      updateEveryMs: 3_600_000,
      unplug: leave.signal,
    });

    expect(told.map(({ type }) => type)).toEqual([
      'ocpi.evse.status-changed.v1',
      'ocpi.session.started.v1',
      'ocpi.session.ended.v1',
      'ocpi.evse.status-changed.v1',
      'ocpi.cdr.issued.v1',
    ]);
    expect(evse.status).toBe('AVAILABLE');
  });
});
