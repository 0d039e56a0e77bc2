import { jest } from '@jest/globals';
import { ConnectionDirectory, ENCRYPTED_COLUMNS, SecretBox } from '#partners';
import { DataSource } from 'typeorm';
import { runCli } from '../../../cli/src/run-cli.js';
import { ApiHarness, type Json } from '../../../../test/harness/api-harness.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { startOcpiApi } from '../../src/create-app.js';

jest.setTimeout(120_000);

const OLD = Buffer.alloc(32, 1).toString('base64');
const NEW = Buffer.alloc(32, 2).toString('base64');
const OTHER = Buffer.alloc(32, 3).toString('base64');
const ADMIN_KEY = 'admin-key-of-this-test';

describe('change of the encryption key', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  /** A replica with these keys on the one database. */
  async function replica(current: string, previous = '') {
    const { app, internalPort } = await startOcpiApi({
      OCPI_ENVIRONMENT: 'test',
      OCPI_LOG_LEVEL: 'silent',
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '4',
      OCPI_ADMIN_KEY: ADMIN_KEY,
      OCPI_ENCRYPTION_KEY: current,
      OCPI_ENCRYPTION_KEYS_PREVIOUS: previous,
      OCPI_PUBLIC_URL: 'https://gateway.example',
      OCPI_PUBLIC_PORT: '0',
      OCPI_INTERNAL_PORT: '0',
      OCPI_BIND_ADDRESS: '127.0.0.1',
    });
    const run = async (...args: string[]): Promise<[code: number, said: string]> => {
      const lines: string[] = [];
      const code = await runCli(args, {
        env: {
          OCPI_ADMIN_URL: `http://127.0.0.1:${internalPort}`,
          OCPI_ADMIN_KEY: ADMIN_KEY,
        },
        out: (line) => lines.push(line),
        err: (line) => lines.push(line),
      });
      return [code, lines.join('\n')];
    };
    const ocpi = async (...args: string[]): Promise<string> => {
      const [code, said] = await run(...args);
      expect([code, said]).toEqual([0, said]);
      return said;
    };
    const tokenOf = (id: string): string => {
      const connection = app.get(ConnectionDirectory).get(id);
      return connection!.outboundToken();
    };
    const refresh = () => app.get(ConnectionDirectory).refresh();
    return { app, run, ocpi, tokenOf, refresh, dataSource: app.get(DataSource) };
  }
  const keysOf = async (ocpi: (...args: string[]) => Promise<string>) =>
    (JSON.parse(await ocpi('keys', 'list', '--json')).keys as Json[]).map(
      ({ use, secrets }: Json): [string, number] => [use, secrets],
    );

  it('P15 (partial: rotation): a new key takes over from the old one, replica by replica, and nothing is unreadable on the way', async () => {
    const first = await replica(OLD);
    await first.ocpi('party', 'add', 'NL*AAA', '--name', 'AAA');
    await first.ocpi(
      'csms',
      'add',
      'hook',
      '--party',
      'NL*AAA',
      '--webhook',
      'http://127.0.0.1:9/x',
    );
    await first.ocpi('partner', 'add', 'emsp', '--name', 'eMSP', '--allow', 'NL*EMA');
    await first.dataSource.query(
      "UPDATE connection SET state = 'registered', version = '2.2.1', outbound_token = $1 WHERE id = 'emsp'",
      [new SecretBox(OLD).encrypt('token-of-the-partner')],
    );
    await first.refresh();
    expect(first.tokenOf('emsp')).toBe('token-of-the-partner');
    expect(await keysOf(first.ocpi)).toEqual([['current', 2]]);
    await first.app.close();

    // 1. Every replica can read what the new key will write.
    const prepared = await replica(OLD, NEW);
    expect(await keysOf(prepared.ocpi)).toEqual([
      ['current', 2],
      ['previous', 0],
    ]);
    // 2. They change over one by one; both kinds serve meanwhile.
    const changed = await replica(NEW, OLD);
    expect([prepared.tokenOf('emsp'), changed.tokenOf('emsp')]).toEqual(
      Array(2).fill('token-of-the-partner'),
    );
    expect(await changed.ocpi('keys', 'list')).toContain('is still needed');
    // 3. Everything is encrypted anew, once.
    expect(await changed.ocpi('keys', 'rotate')).toContain('2 secrets encrypted anew');
    expect(await changed.ocpi('keys', 'rotate')).toContain('0 secrets encrypted anew');
    await Promise.all([prepared.refresh(), changed.refresh()]);
    expect([prepared.tokenOf('emsp'), changed.tokenOf('emsp')]).toEqual(
      Array(2).fill('token-of-the-partner'),
    );
    expect(await keysOf(changed.ocpi)).toEqual([
      ['current', 2],
      ['previous', 0],
    ]);
    expect(await changed.ocpi('keys', 'list')).toContain('may leave OCPI_ENCRYPTION_KEYS_PREVIOUS');
    await prepared.app.close();
    await changed.app.close();
    // 4. The old key is gone.
    const last = await replica(NEW);
    expect(last.tokenOf('emsp')).toBe('token-of-the-partner');
    const [client] = await last.dataSource.query<{ secret: Buffer }[]>(
      'SELECT webhook_secret AS secret FROM csms_client',
    );
    expect(new SecretBox(NEW).decrypt(client!.secret)).toMatch(/^whsec_/);
    await last.app.close();
  });

  it('a replica that lacks the key says so, and rotating leaves what it cannot read as it is', async () => {
    const lost = await replica(OTHER);
    const said = await lost.ocpi('keys', 'list');
    expect(said).toMatch(/The gateway lacks key [0-9a-f]{8}/);
    const [code, rotated] = await lost.run('keys', 'rotate');
    expect(code).toBe(1);
    expect(rotated).toContain('0 secrets encrypted anew');
    expect(rotated).toMatch(/^connection emsp: .* key [0-9a-f]{8}, .*PREVIOUS/m);
    expect(rotated).toMatch(/^csms hook: /m);
    expect(() => lost.tokenOf('emsp')).toThrow('OCPI_ENCRYPTION_KEYS_PREVIOUS');
    for (const key of [OLD, NEW, OTHER]) expect(said).not.toContain(key);
    await lost.app.close();
    const back = await replica(OTHER, NEW);
    expect(back.tokenOf('emsp')).toBe('token-of-the-partner');
    await back.app.close();
  });

  it('one damaged secret is named, and stops no other', async () => {
    const both = await replica(OTHER, NEW);
    await both.ocpi('partner', 'add', 'broken', '--name', 'Broken', '--allow', 'NL*BRO');
    const damaged = new SecretBox(NEW).encrypt('token');
    damaged[damaged.length - 1]! ^= 1;
    await both.dataSource.query(`UPDATE connection SET outbound_token = $1 WHERE id = 'broken'`, [
      damaged,
    ]);

    const [code, said] = await both.run('keys', 'rotate');

    expect(code).toBe(1);
    expect(said).toContain('2 secrets encrypted anew');
    expect(said).toMatch(/^connection broken: .* damaged/m);
    expect(said).toContain('1 secrets cannot be read');
    const [entry] = await both.dataSource.query<{ details: object }[]>(
      `SELECT details FROM audit_entry WHERE action = 'encryption-keys.rotate' ORDER BY id DESC`,
    );
    expect(entry!.details).toMatchObject({ rotated: 2, unreadable: [{ name: 'broken' }] });
    await both.refresh();
    expect(both.tokenOf('emsp')).toBe('token-of-the-partner');
    const [again, repeated] = await both.run('keys', 'rotate');
    expect([again, repeated]).toEqual([1, expect.stringContaining('0 secrets encrypted anew')]);
    await both.app.close();
  });

  it('every column of bytes is a digest, or known to the rotation', async () => {
    const api = await ApiHarness.start();
    const columns = await api.dataSource.query<{ column: string }[]>(
      `SELECT table_name || '.' || column_name AS column FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY 1`,
    );
    const rotated: string[] = ENCRYPTED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
    const rest = columns.map(({ column }) => column).filter((name) => !rotated.includes(name));
    expect(rest).toEqual(NOT_ENCRYPTED);
    await api.stop();
  });
});

/** Digests, and what the CSMS or a partner sent. A new column of bytes belongs here or into ENCRYPTED_COLUMNS. */
const NOT_ENCRYPTED = ['connection_token.token_hash', 'csms_client.key_hash', 'parked_event.raw'];
