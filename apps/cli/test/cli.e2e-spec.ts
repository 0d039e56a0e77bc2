import { jest } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { MessageTrace, storeTokens } from '#partners';
import { DataSource } from 'typeorm';
import { aLocation } from '../../../libs/ocpi/test/location-builder.js';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { startOcpiApi } from '../../ocpi-api/src/create-app.js';
import { runCli } from '../src/run-cli.js';

/** Against hanging only: a busy machine takes its time to make a database. */
jest.setTimeout(120_000);

const KEY = 'admin-key-of-this-test';
const VIEWER_KEY = 'viewer-key-of-this-test';

let database: TestDatabase;
let app: NestFastifyApplication;
let url: string;
let publicUrl: string;
let keys: string;

beforeAll(async () => {
  database = await createTestDatabase();
  keys = path.join(await mkdtemp(path.join(tmpdir(), 'ocpi-cli-')), 'keys');
  await writeFile(keys, `vera viewer ${VIEWER_KEY}\n`);
  const started = await startOcpiApi({
    OCPI_ENVIRONMENT: 'test',
    OCPI_LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '4',
    OCPI_ADMIN_KEY: KEY,
    OCPI_ADMIN_KEYS_FILE: keys,
    OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    OCPI_PUBLIC_URL: 'https://gateway.example',
    OCPI_PUBLIC_PORT: '0',
    OCPI_INTERNAL_PORT: '0',
    OCPI_BIND_ADDRESS: '127.0.0.1',
  });
  app = started.app;
  url = `http://127.0.0.1:${started.internalPort}`;
  publicUrl = `http://127.0.0.1:${started.publicPort}`;
});
afterAll(async () => {
  await app.close();
  await database.drop();
  await rm(path.dirname(keys), { recursive: true });
});

async function ocpiWith(env: Record<string, string>, ...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    env: { OCPI_ADMIN_URL: url, OCPI_ADMIN_KEY: KEY, ...env },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const ocpi = (...args: string[]) => ocpiWith({}, ...args);

/** What a command that must succeed printed. */
async function said(...args: string[]): Promise<string> {
  const { code, out, err } = await ocpi(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

describe('the command line', () => {
  it('onboards a partner: party, CSMS, connection, list, show', async () => {
    expect(await said('party', 'add', 'NL*EVC', '--name', 'Example Charging')).toContain('NL*EVC');
    expect(await said('party', 'list')).toMatch(
      /PARTY\s+NAME\s+SINCE\n\s*NL\*EVC\s+Example Charging/,
    );

    expect(await said('csms', 'add', 'our-csms', '--party', 'NL*EVC')).toMatch(/key\s+[\w-]{43}\n/);
    expect(await said('csms', 'list')).toMatch(/our-csms\s+NL\*EVC\s+any\s+long poll/);

    const added = await said(
      'partner',
      'add',
      'emsp',
      '--name',
      'An eMSP',
      '--allow',
      'NL*EMA,NL*EMB',
      '--set',
      'locationsPush=put',
      '--set',
      'concurrency=2',
    );
    expect(added).toMatch(
      /token A\s+[\w-]{43}\nversions URL\s+https:\/\/gateway\.example\/ocpi\/versions/,
    );
    const [, tokenA = ''] = /token A\s+(\S+)/.exec(added) ?? [];
    const list = await said('partner', 'list');
    expect(list).toMatch(/emsp\s+An eMSP\s+invited/);
    const shown = await said('partner', 'show', 'emsp');
    expect(shown).toMatch(/may claim\s+NL\*EMA, NL\*EMB/);
    expect(shown).toMatch(/own knobs\s+concurrency=2, locationsPush=put/);
    expect(list + shown).not.toContain(tokenA);
  });

  it('takes a CSMS away only with --yes: what it has not fetched goes too', async () => {
    await said('csms', 'add', 'gone', '--party', 'NL*EVC');

    expect(await ocpi('csms', 'rm', 'gone')).toMatchObject({
      code: 1,
      err: expect.stringContaining('say --yes'),
    });
    expect(await said('csms', 'list')).toContain('gone');
    await said('csms', 'rm', 'gone', '--yes');
    expect(await said('csms', 'list')).not.toContain('gone');
  });

  it('prints the answer as JSON with --json', async () => {
    const { connections } = JSON.parse(await said('partner', 'list', '--json'));

    expect(connections).toEqual([expect.objectContaining({ id: 'emsp', state: 'invited' })]);
  });

  it('CRD-42 (partial: the command line): issues a token A anew and shows it once', async () => {
    const issued = await said('partner', 'token', 'emsp');

    const [, tokenA = ''] = /token A\s+(\S+)/.exec(issued) ?? [];
    expect(tokenA).toHaveLength(43);
    expect(await said('partner', 'show', 'emsp')).not.toContain(tokenA);
  });

  it('changes settings, profile and visibility', async () => {
    expect(
      await said('partner', 'edit', 'emsp', '--name', 'Renamed', '--version', '2.2.1'),
    ).toMatch(/name\s+Renamed[^]*offered\s+2\.2\.1/);
    expect(await said('partner', 'edit', 'emsp', '--version', 'all')).toMatch(
      /offered\s+all versions/,
    );
    const profile = await said(
      'partner',
      'profile',
      'emsp',
      '--set',
      'catchUp=wait_for_pull',
      '--unset',
      'concurrency',
    );
    expect(profile).toMatch(/catchUp\s+wait_for_pull\s+yes/);
    expect(profile).toMatch(/concurrency\s+\d+\s+no/);
    const setHosts = (hosts: string) =>
      said('partner', 'profile', 'emsp', '--set', `responseUrlHosts=${hosts}`);
    expect(await setHosts('emsp.example')).toMatch(/responseUrlHosts\s+emsp\.example\s+yes/);
    expect(await setHosts('emsp.example,*.emsp.example')).toMatch(
      /responseUrlHosts\s+emsp\.example,\*\.emsp\.example\s+yes/,
    );
    expect(
      await said(
        'partner',
        'visibility',
        'emsp',
        'locations',
        '--rule',
        'only',
        '--add',
        'NL*EVC/LOC1',
      ),
    ).toMatch(/rule\s+only\nlisted\s+NL\*EVC\/LOC1\nsees\s+0 locations/);
    expect(await said('partner', 'visibility', 'emsp', 'tariffs')).toMatch(/rule\s+all/);
    expect(await said('partner', 'pause', 'emsp')).toBe('emsp is paused.');
    expect(await said('partner', 'list')).toContain('invited, paused');
    await said('partner', 'resume', 'emsp');
  });

  it('lists what is stuck, and where an object is', async () => {
    expect(await said('parked', 'list')).toBe('Nothing is parked.');
    await app.get(DataSource).query(
      `INSERT INTO parked_event (state, type, subject, reason, binding, origin, raw)
       VALUES ('parked', 'ocpi.cdr.issued.v1', 'NL*EVC/C1', 'total_cost: required', 'http', '{}', '{"id":"C1"}')`,
    );
    const events = await said('events', 'list');
    expect(events).toMatch(
      /parked\s+ocpi\.cdr\.issued\.v1\s+NL\*EVC\/C1\s+1\s+\d+ s ago\s+total_cost: required/,
    );
    const [, id = ''] = /^\s*(\d+)\s+parked/m.exec(events) ?? [];
    expect(await said('events', 'show', id, '--raw')).toBe('{"id":"C1"}');
    expect(await said('events', 'redrive', id)).toBe('1 event is tried again within seconds.');
    await said('events', 'drop', id);

    const missing = await ocpi('where', 'cdr', 'NL*EVC', 'NONE');
    expect(missing).toMatchObject({ code: 1, err: 'ocpi: There is no cdr NL*EVC/NONE' });
    await app.get(DataSource).query(
      `INSERT INTO tariff (party_key, tariff_key, body, last_updated, guard_time)
       VALUES ('NL*EVC', 'T1', '{"country_code":"NL","party_id":"EVC","id":"T1"}', now(), now())`,
    );
    expect(await said('where', 'tariff', 'nl*evc', 't1')).toMatch(
      /tariff NL\*EVC\/T1[^]*emsp\s+-\s+not-visible[^]*not registered/,
    );
    expect(await said('view', 'emsp', 'tariff', 'NL*EVC', 'T1')).toBe(
      'emsp does not see it: the partner is not registered',
    );
  });

  it('lists the knobs with values, default and meaning', async () => {
    const knobs = await said('knobs');

    expect(knobs).toMatch(/catchUp\s+push \| wait_for_pull\s+push\s+After an outage/);
    expect(knobs).toMatch(/cdrsOwed\s+true \| false\s+true\s/);
  });

  it.each([
    [['partner', 'show', 'none'], 1, /^ocpi: .*none/],
    [
      ['partner', 'add', 'x', '--name', 'X', '--allow', 'NLX'],
      1,
      /^ocpi: allowedParties: must be a party/,
    ],
    [
      ['partner', 'add', 'x', '--name', 'X', '--allow', '*', '--set', 'nope=1'],
      1,
      /^ocpi: profile\.nope: unknown knob/,
    ],
    [
      ['partner', 'profile', 'emsp', '--set', 'responseUrlHosts=https://emsp.example'],
      1,
      /^ocpi: profile\.responseUrlHosts: must be list of host .*a,b/,
    ],
    [['partner', 'add', 'x'], 2, /required option '--name/],
    [['party', 'add', 'NLEVC', '--name', 'X'], 1, /NL\*ABC/],
    [['parked', 'redrive'], 1, /say which/],
    [['parked', 'show', '12345'], 1, /no parked push 12345/],
    [['surprise'], 2, /unknown command/],
    [['where', 'foo', 'NL*EVC', 'X'], 1, /kind: must be one of location, tariff, session, cdr/],
    [['where', 'location', 'NLEVC', 'X'], 1, /party: must be a party as NL\*ABC/],
    [['partner', 'show', 'nix'], 1, /^ocpi: There is no connection nix$/],
    [['partner', 'pause', 'nix'], 1, /^ocpi: There is no connection nix$/],
    [
      [
        'partner',
        'handshake',
        'emsp',
        '--url',
        'http://127.0.0.1:9/versions',
        '--token-a',
        'aaaaaaaa',
      ],
      1,
      /plain http \(OCPI_PARTNER_URL_ALLOWLIST may name its host to allow it\)/,
    ],
    [
      ['feed', 'nope.json', '--http', 'http://127.0.0.1:9'],
      1,
      /^ocpi: nope\.json: there is no such file$/,
    ],
  ])('says in one line why %j fails', async (args, code, reason) => {
    const result = await ocpi(...args);

    expect(result.code).toBe(code);
    expect(result.err).toMatch(reason);
    expect(result.out).toBe('');
  });

  it('takes the admin key from a file where the environment has none', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ocpi-key-'));
    const file = path.join(folder, 'admin-key');
    await writeFile(file, `${KEY}\n`);
    const withFile = (name: string) =>
      ocpiWith({ OCPI_ADMIN_KEY: '', OCPI_ADMIN_KEY_FILE: name }, 'partner', 'list');

    expect(await withFile(file)).toMatchObject({ code: 0, err: '' });
    expect(await withFile(`${file}-elsewhere`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('OCPI_ADMIN_KEY_FILE names a file that cannot be read'),
    });
    await rm(folder, { recursive: true });
  });

  it('says so when the key is wrong or nobody answers', async () => {
    const wrong = await ocpiWith({ OCPI_ADMIN_KEY: 'wrong' }, 'partner', 'list');
    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringContaining('the admin key is wrong'),
    });

    const elsewhere = await ocpiWith({ OCPI_ADMIN_URL: `${url}/no/admin` }, 'partner', 'list');
    expect(elsewhere).toMatchObject({
      code: 1,
      err: expect.stringMatching(/HTTP 404.*internal port of ocpi-api\?/),
    });

    const nobody = await ocpiWith({ OCPI_ADMIN_URL: 'http://127.0.0.1:1' }, 'partner', 'list');
    expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('ECONNREFUSED') });
  });

  it('shows a token instead of a key, and says which role is missing', async () => {
    const token = await ocpiWith(
      { OCPI_ADMIN_KEY: KEY, OCPI_ADMIN_TOKEN: 'e30.e30.e30' },
      'party',
      'list',
    );
    expect(token).toMatchObject({ code: 1, err: expect.stringContaining('admin key is wrong') });

    const viewer = { OCPI_ADMIN_KEY: VIEWER_KEY };
    expect((await ocpiWith(viewer, 'partner', 'list')).code).toBe(0);
    expect(await ocpiWith(viewer, 'partner', 'pause', 'emsp')).toMatchObject({
      code: 1,
      err: 'ocpi: This needs the role operator; key:vera has viewer',
    });
  });

  it('tells who did what', async () => {
    await said('partner', 'pause', 'emsp');
    await said('partner', 'resume', 'emsp');

    const all = await said('audit', '--partner', 'emsp', '--since', '1h', '--limit', '3');
    expect(all).toMatch(/key:admin\s+127\.0\.0\.1\s+connection\.resume\s+emsp\s+done/);
    expect(all).toMatch(/connection\.resume[^]*connection\.pause[^]*key:vera[^]*refused/);
    expect(await said('audit', '--actor', 'nobody')).toBe('No entries.');
    expect(await ocpi('audit', '--since', 'soon')).toMatchObject({ code: 1 });
  });

  it('traces the messages of a partner, lists them and shows one in full', async () => {
    expect(await said('partner', 'messages', 'emsp')).toBe('No messages. The trace is off.');
    expect(await said('partner', 'trace', 'emsp', '--for', '1h')).toContain('are kept until 2');
    expect(await said('partner', 'show', 'emsp')).toMatch(/traced\s+ends in 59 min/);
    const [, tokenA = ''] = /token A\s+(\S+)/.exec(await said('partner', 'token', 'emsp')) ?? [];
    await fetch(`${publicUrl}/ocpi/versions`, {
      headers: { authorization: `Token ${Buffer.from(tokenA).toString('base64')}` },
    });
    await app.get(MessageTrace).flush();

    const list = await said('partner', 'messages', 'emsp', '--module', 'versions');
    expect(list).toMatch(/in\s+versions\s+GET \/ocpi\/versions\s+200\s+1000/);
    expect(list).toMatch(/The trace is on; it ends in 59 min\./);
    const [, id = ''] = /^\s*(\d+)/m.exec(list) ?? [];
    const message = await said('partner', 'message', 'emsp', id);
    expect(message).toMatch(/GET \/ocpi\/versions\n[^]*authorization: Token \*\*\*/);
    expect(message).toMatch(/HTTP 200, OCPI 1000\n[^]*"status_code":1000/);
    expect(message).not.toContain(tokenA);
    expect(await said('partner', 'messages', 'emsp', '--failed')).toContain('No messages.');
    expect(await said('partner', 'trace', 'emsp', '--off')).toBe(
      'Messages of emsp are no longer kept.',
    );
    expect(await ocpi('partner', 'trace', 'emsp')).toMatchObject({ code: 1 });
  });

  it('explains itself with examples', async () => {
    const help = await ocpi('partner', 'visibility', '--help');

    expect(help.code).toBe(0);
    expect(help.out).toContain(
      'npm run ocpi -- partner visibility example-emsp locations --rule only',
    );
  });

  it('tells whose card it is', async () => {
    await app.get(DataSource).query(
      `INSERT INTO connection (id, name, kind, state, allowed_parties)
       VALUES ('cards-emsp', 'Cards', 'peer', 'registered', '{}')`,
    );
    await storeTokens(app.get(DataSource), 'cards-emsp', [
      {
        country_code: 'NL',
        party_id: 'EMC',
        uid: '04FF',
        type: 'RFID',
        contract_id: 'NL-EMC-1',
        issuer: 'EMC',
        valid: true,
        whitelist: 'ALWAYS',
        last_updated: '2026-01-01T00:00:00Z',
      },
    ]);

    expect(await said('card', '04ff')).toMatch(/NL\*EMC\s+cards-emsp\s+RFID\s+yes\s+ALWAYS/);
    expect((await ocpi('card', 'none')).err).toContain('card none');
  });
});

describe('ocpi feed', () => {
  let csms: Server;
  let folder: string;
  let received: { type: string; data: { id?: string; kind?: string } }[];
  let outcome: string;

  beforeEach(async () => {
    received = [];
    outcome = 'applied';
    folder = await mkdtemp(path.join(tmpdir(), 'ocpi-feed-'));
    csms = createServer((request, response) => {
      void text(request).then((body) => {
        const events = JSON.parse(body) as typeof received;
        received.push(...events);
        const results = events.map(() => ({ id: 'x', outcome, reason: 'name: required' }));
        response.end(JSON.stringify({ results }));
      });
    });
    await new Promise<void>((resolve) => csms.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    csms.close();
    await rm(folder, { recursive: true });
  });

  const write = async (name: string, content: unknown) => {
    const file = path.join(folder, name);
    await writeFile(file, JSON.stringify(content));
    return file;
  };
  const tariff = { country_code: 'BE', party_id: 'BEC', id: 'T1', elements: [] };
  const http = () => `http://127.0.0.1:${(csms.address() as AddressInfo).port}`;

  it('tells Locations from Tariffs by content and states both as snapshots, tariffs first', async () => {
    const file = await write('all.json', [aLocation(), tariff]);

    const out = await said('feed', file, '--http', http(), '--key', 'k');

    expect(out).toBe('Stated 1 locations and 1 tariffs.');
    expect(received.map(({ type }) => type)).toEqual([
      'ocpi.snapshot.began.v1',
      'ocpi.tariff.upserted.v1',
      'ocpi.snapshot.ended.v1',
      'ocpi.snapshot.began.v1',
      'ocpi.location.upserted.v1',
      'ocpi.snapshot.ended.v1',
    ]);
  });

  it('fails when events were parked, with the reason', async () => {
    outcome = 'parked';
    const file = await write('tariffs.json', [tariff]);

    const { code, err } = await ocpi('feed', file, '--http', http(), '--key', 'k');

    expect(code).toBe(1);
    expect(err).toContain('3 events were parked (name: required)');
  });

  it.each([
    ['an object', { a: 1 }, /must hold a JSON array of OCPI 2\.3\.0 Locations or Tariffs/],
    ['neither kind', [{ id: '1' }], /element 0 is neither a Location nor a Tariff/],
    ['no party', [{ ...tariff, party_id: undefined }], /party_id is missing/],
  ])('sends nothing from a file with %s', async (_, content, reason) => {
    const file = await write('bad.json', content);

    const { code, err } = await ocpi('feed', file, '--http', http(), '--key', 'k');

    expect(code).toBe(1);
    expect(err).toMatch(reason);
    expect(received).toEqual([]);
  });

  it('asks for one way to the gateway', async () => {
    const file = await write('tariffs.json', [tariff]);

    expect((await ocpi('feed', file)).err).toContain('--http with --key, or --kafka');
  });
});
