import {
  COMMAND_RESPONSE_TYPES,
  COMMAND_RESULT_TYPES,
  OCPI_VERSIONS,
  type OcpiVersion,
} from '#ocpi';
import { type Json } from '../../../../test/harness/api-harness.js';
import {
  type CommandPartner,
  CommandWorld,
  type CsmsRequest,
  driver,
  inSeconds,
} from '../../../../test/harness/command-world.js';

/** Words of 2.1.1, for answers and results alike. */
const WORDS_V211 = ['NOT_SUPPORTED', 'REJECTED', 'ACCEPTED', 'TIMEOUT', 'UNKNOWN_SESSION'];

let world: CommandWorld;
let emsps: Record<OcpiVersion, CommandPartner>;
let csms: AsyncGenerator<CsmsRequest>;

beforeAll(async () => {
  world = await CommandWorld.open({ OCPI_COMMAND_TIMEOUT_SECONDS: '3' });
  emsps = await world.connectAll();
  await world.site('ONE');
  await world.site('POOR', { capabilities: ['RFID_READER'] });
  csms = world.polled();
});
afterAll(async () => {
  await csms.return(undefined);
  await world.close();
});

/** A command and what the CSMS has to say; undefined stays silent. Resolves to answer and result. */
async function played(
  partner: CommandPartner,
  name: string,
  body: Record<string, unknown>,
  result?: Record<string, unknown>,
): Promise<{ answer: string; result: string; responsePath: string; asked: CsmsRequest }> {
  const { json, responsePath } = await world.command(partner, name, body);
  const asked: CsmsRequest = (await csms.next()).value;
  if (result) expect((await world.finish(asked, result)).outcome).toBe('applied');
  const [told] = await world.told(partner, responsePath);
  return { answer: json.data.result, result: told.result, responsePath, asked };
}

const answered = async (partner: CommandPartner, name: string, body: Json): Promise<string> =>
  (await world.command(partner, name, body)).json.data.result;

describe.each(OCPI_VERSIONS)('the words of commands [%s]', (version) => {
  it('CMD-13, CMD-26, CMD-50, CHG-03, P8: each answer and each result is reached over HTTP of both sides', async () => {
    const partner = emsps[version];
    const place = { location_id: 'ONE', evse_uid: 'ONE-1' };
    const start = { token: driver(version), ...place };
    const answers = new Set<string>();
    const results = new Set<string>();
    const play = async (...args: Parameters<typeof played>) => {
      const one = await played(...args);
      answers.add(one.answer);
      results.add(one.result);
      return one;
    };

    answers.add(await answered(partner, 'STOP_SESSION', { session_id: 'none' }));
    answers.add(await answered(partner, 'START_SESSION', { ...start, location_id: 'none' }));
    answers.add(
      await answered(partner, 'START_SESSION', {
        ...start,
        location_id: 'POOR',
        evse_uid: 'POOR-1',
      }),
    );

    await play(partner, 'START_SESSION', start, { status: 'Accepted' });
    await play(partner, 'START_SESSION', start, { status: 'Rejected', reason_code: 'NoCable' });
    await play(partner, 'START_SESSION', start, {
      status: 'Rejected',
      reason_code: 'TxInProgress',
    });
    await play(partner, 'START_SESSION', start, {
      status: 'Rejected',
      reason_code: 'CSNotAccepted',
    });
    await play(partner, 'START_SESSION', start, {
      status: 'Rejected',
      reason_code: 'InvalidIdToken',
    });
    await play(partner, 'START_SESSION', start);
    const lock = { ...place, connector_id: '1' };
    await play(partner, 'UNLOCK_CONNECTOR', lock, { status: 'NotSupported' });
    const reservation = {
      ...start,
      reservation_id: version === '2.1.1' ? 7 : 'R7',
      expiry_date: inSeconds(600),
    };
    const reserved = await play(partner, 'RESERVE_NOW', reservation, { status: 'Accepted' });
    await world.say('reservation.ended', {
      country_code: 'NL',
      party_id: 'AAA',
      reservation_number: reserved.asked.data.reservation_number,
      reason: 'REMOVED',
    });
    if (version !== '2.1.1') {
      const told = await world.told(partner, reserved.responsePath, 2);
      results.add(told[1].result);
      const cancel = { reservation_id: 'R7' };
      const { responsePath } = await world.command(partner, 'CANCEL_RESERVATION', cancel);
      results.add((await world.told(partner, responsePath))[0].result);
    }

    if (version === '2.1.1') {
      expect([...new Set([...answers, ...results])].toSorted()).toEqual(WORDS_V211.toSorted());
    } else {
      expect([...answers].toSorted()).toEqual([...COMMAND_RESPONSE_TYPES].toSorted());
      expect([...results].toSorted()).toEqual([...COMMAND_RESULT_TYPES].toSorted());
    }
  });
});
