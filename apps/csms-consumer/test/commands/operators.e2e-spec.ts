import { pruneCommands } from '#commands';
import { request } from 'undici';
import { type Json } from '../../../../test/harness/api-harness.js';
import {
  type CommandPartner,
  CommandWorld,
  driver,
  inSeconds,
} from '../../../../test/harness/command-world.js';
import { eventually } from '../../../../test/harness/wait-for.js';
import { runCli } from '../../../cli/src/run-cli.js';

const ADMIN_KEY = 'test-admin-key-0123456789';

let world: CommandWorld;
let emsp: CommandPartner;

beforeAll(async () => {
  world = await CommandWorld.open();
  emsp = await world.connect('emsp', '2.2.1');
  await world.site('ONE');
});
afterAll(() => world.close());

async function admin(path: string, status = 200): Promise<Json> {
  const answer = await request(`${world.api.internalBase}/admin/v1/${path}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  expect(answer.statusCode).toBe(status);
  return answer.body.json();
}

async function ocpi(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const code = await runCli(args, {
    env: { OCPI_ADMIN_URL: world.api.internalBase, OCPI_ADMIN_KEY: ADMIN_KEY },
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
  });
  expect([code, lines]).toEqual([0, lines]);
  return lines.join('\n');
}

describe('operators', () => {
  it('P8: see each command with its one outcome, and every result that a partner did not take', async () => {
    const place = { location_id: 'ONE', evse_uid: 'ONE-1' };
    const start = { token: driver('2.2.1'), ...place };
    const { responsePath } = await world.command(emsp, 'START_SESSION', start);
    await world.finish(await world.nextRequest(), { status: 'Accepted' });
    await world.told(emsp, responsePath);
    await eventually(
      async () => (await admin('commands')).commands[0].callbackStates[0] === 'delivered',
    );
    emsp.server.script = () => ({ status: 500 });
    await world.say('session.started', world.session('S-1', 'ONE'));
    await world.command(emsp, 'STOP_SESSION', { session_id: 'S-1' });
    const stopped = await world.nextRequest();
    await world.finish(stopped, { status: 'Rejected' });
    await eventually(async () => {
      const { commands } = await admin('commands?undelivered=true');
      return commands.length === 1 && commands[0].kind === 'STOP_SESSION';
    });
    emsp.server.script = undefined;
    await world.command(emsp, 'UNLOCK_CONNECTOR', { ...place, connector_id: '1' });

    const { commands } = await admin('commands?connection=emsp');
    expect(commands.map(({ kind, outcome }: Json) => [kind, outcome])).toEqual([
      ['UNLOCK_CONNECTOR', null],
      ['STOP_SESSION', 'REJECTED'],
      ['START_SESSION', 'ACCEPTED'],
    ]);
    expect((await admin('commands?state=open')).commands).toHaveLength(1);
    expect((await admin('commands?state=finished&limit=1')).commands).toHaveLength(1);
    expect((await admin('commands?session=s-1')).commands).toHaveLength(1);
    expect((await admin('commands?connection=nobody')).commands).toEqual([]);

    const shown = await admin(`commands/${stopped.data.command_id}`);
    expect(shown).toMatchObject({
      kind: 'STOP_SESSION',
      outcome: 'REJECTED',
      result: { status: 'Rejected' },
      body: { session_id: 'S-1' },
      callbacks: [
        { purpose: 'result', state: 'failed', note: expect.stringContaining('HTTP 500') },
      ],
    });
    await admin('commands/none', 404);
    await admin('commands?state=odd', 400);

    expect(await ocpi('command', 'list')).toContain('UNLOCK_CONNECTOR');
    const undelivered = await ocpi('command', 'list', '--undelivered');
    expect(undelivered).toContain('STOP_SESSION');
    expect(undelivered).not.toContain('UNLOCK_CONNECTOR');
    const details = await ocpi('command', 'show', stopped.data.command_id.slice(0, 8));
    expect(details).toMatch(/asked for +\{.*"session_id"/);
    expect(details).toMatch(/outcome +REJECTED/);
    expect(details).toContain('HTTP 500');
  });

  it('see reservations', async () => {
    const body = {
      token: driver('2.2.1'),
      expiry_date: inSeconds(600),
      reservation_id: 'R1',
      location_id: 'ONE',
      evse_uid: 'ONE-1',
    };
    await world.command(emsp, 'RESERVE_NOW', body);
    expect((await admin('reservations?state=pending')).reservations).toMatchObject([
      { reservation: 'R1', location: 'ONE', evse: 'ONE-1', sender: 'NL*TNM', connectionId: 'emsp' },
    ]);
    expect((await admin('reservations?state=used')).reservations).toEqual([]);
    expect(await ocpi('reservation', 'list', '--partner', 'emsp')).toContain('R1');
    expect(await ocpi('reservation', 'list', '--state', 'used')).toContain('No reservations');
    await world.finish(await world.nextRequest(), { status: 'Accepted' });
  });

  it('CMD-66 (partial: what it needs is kept): old commands are forgotten, but for what is open or in force', async () => {
    await world.query(`UPDATE command SET received_at = now() - interval '40 days'`);
    await pruneCommands(world.api.dataSource, 720);
    const left = await world.query('SELECT kind FROM command ORDER BY kind');
    const kinds = left.map(({ kind }) => kind);
    expect(kinds).toContain('RESERVE_NOW');
    expect(kinds).not.toContain('START_SESSION');
    const orphans = await world.query(
      'SELECT FROM command_callback b WHERE NOT EXISTS (SELECT FROM command c WHERE c.id = b.command_id)',
    );
    expect(orphans).toEqual([]);

    await world.query(
      `UPDATE reservation SET state = 'used', ended_at = now() - interval '40 days'`,
    );
    await pruneCommands(world.api.dataSource, 720);
    expect(await world.query('SELECT FROM reservation')).toEqual([]);
    const rest = await world.query(`SELECT kind FROM command WHERE outcome IS NOT NULL`);
    expect(rest.map(({ kind }) => kind)).not.toContain('RESERVE_NOW');
  });
});
