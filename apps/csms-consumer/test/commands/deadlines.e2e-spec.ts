import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import {
  type CommandPartner,
  CommandWorld,
  type CsmsRequest,
  driver,
} from '../../../../test/harness/command-world.js';

const TIMEOUT_SECONDS = 2;

let world: CommandWorld;
let emsps: Record<OcpiVersion, CommandPartner>;

beforeAll(async () => {
  world = await CommandWorld.open({ OCPI_COMMAND_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS) });
  await world.startConsumer();
  emsps = await world.connectAll();
  await world.site('ONE');
});
afterAll(() => world.close());

/**
 * A start that nobody answers, whose TIMEOUT came before the announced time. A machine that stands still for a second proves
 * nothing about it: then it is tried again.
 */
async function runOutInTime(
  partner: CommandPartner,
  attempts = 3,
): Promise<{ asked: CsmsRequest; responsePath: string }> {
  const sentAt = performance.now();
  const { json, responsePath } = await world.command(partner, 'START_SESSION', {
    token: driver(partner.version),
    location_id: 'ONE',
    evse_uid: 'ONE-1',
  });
  if (partner.version !== '2.1.1') expect(json.data.timeout).toBe(TIMEOUT_SECONDS);
  const asked = await world.nextRequest();
  const timeLeft = Date.parse(asked.data.deadline) - Date.now();
  expect(timeLeft).toBeLessThanOrEqual((TIMEOUT_SECONDS - 1) * 1000);
  expect(await world.told(partner, responsePath)).toEqual([{ result: 'TIMEOUT' }]);
  const [callback] = world.callbacks(partner, responsePath);
  const isInTime = callback!.at - sentAt < TIMEOUT_SECONDS * 1000;
  if (!isInTime && attempts > 1) return runOutInTime(partner, attempts - 1);
  expect(isInTime).toBe(true);
  return { asked, responsePath };
}

describe.each(OCPI_VERSIONS)('a station that stays silent [%s]', (version) => {
  it('CMD-21, CMD-22, P8: is told as TIMEOUT before the announced time, once; a late result changes nothing, a late Session is told', async () => {
    const partner = emsps[version];
    const { asked, responsePath } = await runOutInTime(partner);

    await sleep(TIMEOUT_SECONDS * 1000);
    expect(await world.finish(asked, { status: 'Accepted' })).toMatchObject({
      outcome: 'stale',
      reason: expect.stringContaining('deadline'),
    });
    expect(await world.finish(asked, { status: 'Rejected' })).toMatchObject({
      outcome: 'stale',
      reason: expect.stringContaining('finished already'),
    });
    const id = `LATE-${version}`;
    await world.say('session.started', world.session(id, 'ONE'));
    const { server } = partner;
    await server.until(() => server.lines.some((line) => line.endsWith(`/sessions/NL/AAA/${id}`)));
    expect(world.callbacks(partner, responsePath)).toHaveLength(1);
    expect(await world.row('START_SESSION')).toMatchObject({
      outcome: 'TIMEOUT',
      dropped_results: 2,
    });
  });
});

describe('deadlines', () => {
  it('P8: several processes end a thousand commands once each', async () => {
    const partner = emsps['2.2.1'];
    partner.server.clear();
    await world.query(
      `WITH made AS (
         INSERT INTO command (id, kind, connection_id, version, party_key, sender_key, dedupe_key, body, deadline)
         SELECT gen_random_uuid(), 'START_SESSION', $1, '2.2.1', 'NL*AAA', 'NL*TNM', 'd' || n, '{}', now()
           FROM generate_series(1, 1000) AS n RETURNING id)
       INSERT INTO command_callback (command_id, response_url, expires_at)
       SELECT id, $2 || id, now() + interval '1 min' FROM made`,
      [partner.id, `${partner.server.url}/responses/`],
    );
    const paths = () =>
      partner.server.requests
        .map(({ path }) => path)
        .filter((path) => path.startsWith('/responses/'));
    await partner.server.until(() => paths().length >= 1000);
    await sleep(300);
    expect(new Set(paths()).size).toBe(1000);
    expect(paths()).toHaveLength(1000);
  });

  it('are counted for the operator', async () => {
    const text = await (await request(`${world.consumerUrl}/metrics`)).body.text();
    expect(text).toMatch(
      /ocpi_command_results_total\{kind="START_SESSION",outcome="TIMEOUT"\} \d+/,
    );
    expect(text).toMatch(/ocpi_command_callbacks_total\{outcome="delivered"\} \d+/);
    expect(text).toMatch(/ocpi_csms_results_dropped_total\{why="late"\} \d/);
    expect(text).toMatch(/ocpi_csms_results_dropped_total\{why="double"\} \d/);
    expect(text).toMatch(/ocpi_command_duration_seconds_count\{kind="START_SESSION"\} \d+/);
    expect(text).toContain('ocpi_commands_open');
  });
});
