import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { HttpEventSender, stateNetwork } from '#csms-client';
import { partyKey } from '#ocpi';
import pg from 'pg';
import { buildNetwork } from '../../apps/sandbox/src/csms/charging-network.js';
import { VirtualEmsp } from '../../apps/sandbox/src/partners/virtual-emsp.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { GatewayAdmin } from '../harness/gateway-admin.js';
import { projectRoot } from '../harness/project-root.js';
import { type Servers, startServers } from '../harness/servers.js';
import { eventually } from '../harness/wait-for.js';

/** Against hanging only. */
jest.setTimeout(120_000);

const OPERATOR = { country_code: 'NL', party_id: 'EVC' };
const EMSP = { country_code: 'DE', party_id: 'EMP' };
const EXAMPLE = path.join(projectRoot, 'docs/examples/csms-client.mjs');
const TOKEN = {
  ...EMSP,
  uid: '04A1B2C3D4E5F6',
  type: 'RFID',
  contract_id: 'DEEMPC00000001',
  issuer: 'Example eMSP',
  valid: true,
  whitelist: 'NEVER',
  last_updated: '2026-01-01T00:00:00Z',
};

describe('the CSMS client of docs/examples, against a gateway and a partner', () => {
  const network = buildNetwork(OPERATOR, new Date());
  const location = network.locations[0]!;
  const small = network.locations[1]!;
  small.evses = small.evses!.slice(0, 1);
  let database: TestDatabase;
  let servers: Servers;
  let emsp: VirtualEmsp;
  let client: ChildProcess;
  let folder: string;
  let said = '';

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'csms-client-'));
    database = await createTestDatabase();
    servers = await startServers({ databaseUrl: database.url });
    const admin = new GatewayAdmin(servers.adminUrl, servers.adminKey);
    await admin.hostParty(OPERATOR.country_code, OPERATOR.party_id);
    const key = await admin.csmsKey('csms', [partyKey(OPERATOR)]);
    const sender = new HttpEventSender(servers.csmsUrl, key);
    await stateNetwork(sender, network, 'urn:example:csms');
    await sender.close();
    emsp = await new VirtualEmsp({
      ...{ name: 'emsp', party: EMSP, version: '2.2.1', tokens: [TOKEN] },
    }).start();
    const { tokenA, versionsUrl } = await admin.connect('emsp', partyKey(EMSP));
    await emsp.register(versionsUrl, tokenA);
    await emsp.pushToken(TOKEN);
    client = spawn(process.execPath, [EXAMPLE], {
      env: {
        ...process.env,
        // The first replica is gone: the client has to find the other.
        CSMS_URLS: `http://127.0.0.1:1,${servers.csmsUrl}`,
        CSMS_KEY: key,
        CSMS_PARTY: partyKey(OPERATOR),
        CSMS_LEDGER: path.join(folder, 'ledger.jsonl'),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    client.stdout!.setEncoding('utf8').on('data', (text: string) => (said += text));
    await isKnown();
  });
  afterAll(async () => {
    client.kill();
    await emsp.stop();
    await servers.stop();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  /** From its first poll on messages are kept for a client. */
  async function isKnown(): Promise<void> {
    const connection = new pg.Client(database.url);
    await connection.connect();
    try {
      await eventually(async () => {
        const { rowCount } = await connection.query('SELECT FROM csms_subscriber');
        expect(rowCount).toBe(1);
      });
    } finally {
      await connection.end();
    }
  }

  const play = (line: string): void => void client.stdin!.write(`${line}\n`);
  const evse = (n: number): string => location.evses![n]!.uid;
  const sessionAt = (n: number) =>
    [...emsp.store.sessions.values()].filter(({ evse_uid }) => evse_uid === evse(n)).at(-1);
  const command = async (name: string, body: object): Promise<unknown> => {
    const { id, answer } = await emsp.commands.command(name, { ...body }, OPERATOR);
    expect(answer).toMatchObject({ result: 'ACCEPTED' });
    await eventually(() => expect(emsp.commands.resultsOf(id)).toHaveLength(1));
    return emsp.commands.resultsOf(id)[0]!.body.result;
  };

  it('has less than 200 lines', () => {
    expect(readFileSync(EXAMPLE, 'utf8').split('\n').length).toBeLessThan(200);
  });

  it('lets a card charge that its eMSP allows, with the reference it gave, and no other', async () => {
    emsp.tokenDesk.set(TOKEN.uid, { allowed: 'BLOCKED' });
    play(`card ${location.id} ${evse(0)} ${TOKEN.uid}`);
    await eventually(() => expect(said).toContain('BLOCKED'));
    expect(emsp.store.sessions.size).toBe(0);
    emsp.tokenDesk.set(TOKEN.uid, { allowed: 'ALLOWED', authorization_reference: 'REF-7' });
    play(`card ${location.id} ${evse(0)} ${TOKEN.uid}`);
    await eventually(() => expect(sessionAt(0)).toMatchObject({ status: 'ACTIVE' }));
    expect(sessionAt(0)).toMatchObject({
      auth_method: 'AUTH_REQUEST',
      authorization_reference: 'REF-7',
      cdr_token: { uid: TOKEN.uid },
    });
  });

  it('stops it when its eMSP asks, and starts another', async () => {
    const { id } = sessionAt(0)!;
    expect(await command('STOP_SESSION', { session_id: id })).toBe('ACCEPTED');
    await eventually(() => expect(sessionAt(0)).toMatchObject({ id, status: 'COMPLETED' }));
    play(`plug ${location.id} ${evse(0)}`);
    const place = { location_id: location.id, evse_uid: evse(0) };
    expect(await command('START_SESSION', { token: TOKEN, ...place })).toBe('ACCEPTED');
    await eventually(() =>
      expect(sessionAt(0)).toMatchObject({ status: 'ACTIVE', auth_method: 'COMMAND' }),
    );
    expect(await command('START_SESSION', { token: TOKEN, ...place })).toBe('EVSE_OCCUPIED');
    play(`leave ${location.id} ${evse(0)}`);
    await eventually(() => expect(sessionAt(0)).toMatchObject({ status: 'COMPLETED' }));
  });

  it('starts at the only EVSE of a Location, whether it is named or not, before the car comes or after', async () => {
    const { uid } = small.evses![0]!;
    const sessions = () =>
      [...emsp.store.sessions.values()].filter(({ evse_uid }) => evse_uid === uid);
    const statuses = () => sessions().map(({ status }) => status);
    const place = { location_id: small.id };
    expect(await command('START_SESSION', { token: TOKEN, ...place })).toBe('ACCEPTED');
    play(`plug ${small.id} ${uid}`);
    await eventually(() => expect(statuses()).toEqual(['ACTIVE']));
    play(`leave ${small.id} ${uid}`);
    await eventually(() => expect(statuses()).toEqual(['COMPLETED']));
    play(`plug ${small.id} ${uid}`);
    expect(await command('START_SESSION', { token: TOKEN, ...place })).toBe('ACCEPTED');
    await eventually(() => expect(statuses()).toEqual(['COMPLETED', 'ACTIVE']));
    play(`leave ${small.id} ${uid}`);
    await eventually(() => expect(statuses()).toEqual(['COMPLETED', 'COMPLETED']));
  });

  it('keeps an EVSE for a driver, whose reservation becomes the session', async () => {
    const expiry_date = new Date(Date.now() + 600_000).toISOString();
    const place = { location_id: location.id, evse_uid: evse(1) };
    const wish = { token: TOKEN, expiry_date, reservation_id: 'R-1', ...place };
    expect(await command('RESERVE_NOW', wish)).toBe('ACCEPTED');
    await eventually(() => expect(sessionAt(1)).toMatchObject({ status: 'RESERVATION' }));
    const { id } = sessionAt(1)!;
    play(`card ${location.id} ${evse(1)} ${TOKEN.uid}`);
    await eventually(() => expect(sessionAt(1)).toMatchObject({ id, status: 'ACTIVE' }));
    play(`leave ${location.id} ${evse(1)}`);
    await eventually(() => expect(sessionAt(1)).toMatchObject({ id, status: 'COMPLETED' }));
    expect(await command('RESERVE_NOW', { ...wish, reservation_id: 'R-2' })).toBe('ACCEPTED');
    expect(await command('CANCEL_RESERVATION', { reservation_id: 'R-2' })).toBe('ACCEPTED');
    await eventually(() => expect(sessionAt(1)).toMatchObject({ status: 'COMPLETED' }));
  });

  it('unlocks a connector, and says so where it cannot do something', async () => {
    const place = { location_id: location.id, evse_uid: evse(1), connector_id: '1' };
    expect(await command('UNLOCK_CONNECTOR', place)).toBe('ACCEPTED');
  });

  it('acts once on each request', () => {
    const ledger = readFileSync(path.join(folder, 'ledger.jsonl'), 'utf8').trim().split('\n');
    const taken = ledger.map((line) => JSON.parse(line)).filter(([, result]) => result === null);
    expect(new Set(taken.map(([id]) => id)).size).toBe(taken.length);
    expect(taken.length).toBeGreaterThan(5);
  });
});
