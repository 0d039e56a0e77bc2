import { jest } from '@jest/globals';
import { csmsEvent } from '#csms-client';
import { OCPI_VERSIONS, partyKey } from '#ocpi';
import { ChargingSession } from '../../apps/sandbox/src/csms/charging-session.js';
import { buildNetwork } from '../../apps/sandbox/src/csms/charging-network.js';
import { VirtualCsms } from '../../apps/sandbox/src/csms/virtual-csms.js';
import { describeKafka } from '../harness/kafka.js';
import { eventually } from '../harness/wait-for.js';
import { type Binding, Journey } from './journey.js';
import { findingsOf, findingsOfPushes } from './wire-judge.js';

/** Against hanging only. */
jest.setTimeout(120000);

const OPERATOR = { country_code: 'NL', party_id: 'EVC' };
const SINCE = '?date_from=2020-01-01T00:00:00Z';
const idOf = (version: string): string => `S-${version.replaceAll('.', '')}`;

const suite = (binding: Binding) => () => {
  let journey: Journey;
  let csms: VirtualCsms;

  beforeAll(async () => {
    journey = await Journey.start(binding, OPERATOR);
    csms = new VirtualCsms(buildNetwork(OPERATOR, new Date()), journey.sender);
    await csms.stateNetwork();
    await Promise.all(
      [...journey.emsps.values()].map(async ({ options: { version, party } }, n) => {
        const location = csms.network.locations[n * 3]!;
        await csms.visit({
          sessionId: idOf(version),
          location,
          evse: location.evses![0]!,
          token: { ...party, uid: `CARD-${n}`, type: 'RFID', contract_id: `DEE${n}C00000001` },
          updateEveryMs: 250,
        });
      }),
    );
    await eventually(
      () => {
        for (const [version, { store }] of journey.emsps) {
          expect([version, store.cdrs.size]).toEqual([version, 1]);
        }
      },
      { timeoutMs: 90_000 },
    );
  });
  afterAll(() => (journey as Journey | undefined)?.stop());

  it.each(OCPI_VERSIONS)(
    'SES-12, CDR-04, CDR-09: a session of its own driver reaches a partner from start to CDR [%s]',
    (version) => {
      const { store, receipts } = journey.emsp(version);
      const session = store.get('sessions', ['NL', 'EVC', idOf(version)]);
      expect(session?.status).toBe('COMPLETED');
      const mine = receipts.filter(({ module }) => module === 'sessions' || module === 'cdrs');
      expect(mine[0]).toMatchObject({ method: 'PUT', module: 'sessions' });
      const statuses = mine.map(({ body }) => (body as { status?: string }).status);
      const posts = mine.filter(({ module }) => module === 'cdrs');
      expect(posts).toHaveLength(1);
      expect(posts[0]).toMatchObject({ method: 'POST', segments: [] });
      expect(statuses.indexOf('COMPLETED')).toBeLessThan(mine.indexOf(posts[0]!));
      const [cdr] = [...store.cdrs.values()];
      expect(cdr?.id).toBe(`CDR-${idOf(version)}`);
      expect(cdr?.total_energy).toBe(session?.kwh);
    },
  );

  it.each(OCPI_VERSIONS)(
    'SES-03, CDR-02: a partner neither gets nor sees the sessions and CDRs of others [%s]',
    async (version) => {
      const { store, link, receipts } = journey.emsp(version);
      expect([...store.sessions.keys()]).toEqual([`NL/EVC/${idOf(version)}`]);
      expect([...store.cdrs.keys()]).toEqual([`CDR-${idOf(version)}`]);
      for (const { module, segments, body } of receipts) {
        if (module === 'sessions') expect(segments[2]).toBe(idOf(version));
        if (module === 'cdrs') expect((body as { id: string }).id).toBe(`CDR-${idOf(version)}`);
      }
      const sessions = await link.list('sessions', SINCE);
      const cdrs = await link.list('cdrs');
      expect(sessions.map(({ id }) => id)).toEqual([idOf(version)]);
      expect(cdrs.map(({ id }) => id)).toEqual([`CDR-${idOf(version)}`]);
      expect([...store.sessions.values()]).toEqual(sessions);
      expect([...store.cdrs.values()]).toEqual(cdrs);
    },
  );

  it.each(OCPI_VERSIONS)(
    'sends and shows nothing that its schema refuses [%s]',
    async (version) => {
      const { link } = journey.emsp(version);
      expect(findingsOfPushes(journey.emsp(version))).toEqual([]);
      if (version === '2.1.1') return;
      for (const [module, query] of [
        ['locations', ''],
        ['tariffs', ''],
        ['sessions', SINCE],
        ['cdrs', ''],
      ] as const) {
        for (const object of await link.list(module, query)) {
          expect(findingsOf(version, module, object)).toEqual([]);
        }
      }
    },
  );

  it('knows a session and its CDR by the party of the token alone', async () => {
    const stranger = new ChargingSession(
      {
        id: 'S-STRANGER',
        location: csms.network.locations[5]!,
        evse: csms.network.locations[5]!.evses![0]!,
        connector: csms.network.locations[5]!.evses![0]!.connectors[0]!,
        tariff: csms.network.tariffs[0]!,
        token: {
          country_code: 'FR',
          party_id: 'XYZ',
          uid: 'CARD-X',
          type: 'RFID',
          contract_id: 'FRXYZC00000001',
        },
        chargingMinutes: 20,
        parkingMinutes: 0,
      },
      new Date(),
    );
    await journey.sender.send([
      csmsEvent('ocpi.session.started.v1', stranger.session(0, new Date()), { source: 'urn:test' }),
    ]);
    // What comes after it has been looked at by every feed: so has it.
    const location = csms.network.locations[6]!;
    await csms.setStatus(location, location.evses![0]!, 'RESERVED');
    await eventually(() => {
      for (const { store } of journey.emsps.values()) {
        const path = ['NL', 'EVC', location.id, location.evses![0]!.uid];
        expect(store.get('locations', path)?.status).toBe('RESERVED');
      }
    });
    for (const { store, link, options } of journey.emsps.values()) {
      expect([partyKey(options.party), store.sessions.size]).toEqual([partyKey(options.party), 1]);
      expect(await link.list('sessions', SINCE)).toHaveLength(1);
    }
  });
};

describe('a charging session over HTTP, from start to CDR', suite('HTTP'));
describeKafka('a charging session over Kafka, from start to CDR', suite('Kafka'));
