import { chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type CertificateFiles, TestAuthority } from '../../../test/harness/certificates.js';
import { type LocalPostgres, startOwnPostgres } from '../../../test/harness/local-services.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { openDataSource } from '../src/data-source.js';
import { openAtStart } from '../src/open-at-start.js';

describe('TLS towards PostgreSQL', () => {
  let folder: string;
  let postgres: LocalPostgres;
  let authority: TestAuthority;
  let strangers: TestAuthority;
  let own: CertificateFiles;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postgres-tls-'));
    authority = await TestAuthority.create();
    strangers = await TestAuthority.create('Somebody Else');
    own = await authority.issue('ocpi');
    const server = await authority.issue('database');
    postgres = await startOwnPostgres(folder);
    const admin = new pg.Client({ connectionString: postgres.url });
    await admin.connect();
    const { rows } = await admin.query<{ data: string }>(
      "SELECT current_setting('data_directory') AS data",
    );
    const data = rows[0]!.data;
    const { uid, gid } = statSync(data);
    const sources = {
      'tls.crt': server.certificate,
      'tls.key': server.key,
      'ca.crt': authority.file,
    };
    for (const [name, source] of Object.entries(sources)) {
      copyFileSync(source, join(data, name));
      chownSync(join(data, name), uid, gid);
    }
    for (const setting of [
      "ssl_cert_file = 'tls.crt'",
      "ssl_key_file = 'tls.key'",
      "ssl_ca_file = 'ca.crt'",
      'ssl = on',
    ]) {
      await admin.query(`ALTER SYSTEM SET ${setting}`);
    }
    await admin.query('SELECT pg_reload_conf()');
    await eventually(async () => {
      const shown = await admin.query<{ ssl: string }>('SHOW ssl');
      return shown.rows[0]!.ssl === 'on';
    });
    await admin.end();
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
    authority.remove();
    strangers.remove();
  });

  async function lineTo(parameters: Record<string, string>) {
    const url = new URL(postgres.url);
    url.hostname = 'localhost';
    url.search = new URLSearchParams(parameters).toString();
    const source = await openDataSource(url.href, 2);
    try {
      const [line] = await source.query<{ ssl: boolean; shown: string | null }[]>(
        'SELECT ssl, client_dn AS shown FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      );
      return line;
    } finally {
      await source.destroy();
    }
  }

  it('DATABASE_URL takes libpq’s parameters: authority, certificate and key', async () => {
    expect(await lineTo({})).toEqual({ ssl: false, shown: null });
    const verified = { sslmode: 'verify-full', sslrootcert: authority.file };
    expect(await lineTo(verified)).toEqual({ ssl: true, shown: null });
    const files = { sslcert: own.certificate, sslkey: own.key };
    expect(await lineTo({ ...verified, ...files })).toEqual({ ssl: true, shown: '/CN=ocpi' });
    await expect(lineTo({ sslmode: 'verify-full', sslrootcert: strangers.file })).rejects.toThrow(
      /signature|issuer|certificate/i,
    );
  });

  it.each(['sslrootcert', 'sslcert', 'sslkey'])(
    'a process does not start with an empty file as %s, which Node would pass over',
    async (parameter) => {
      const empty = join(folder, 'empty.pem');
      writeFileSync(empty, '');
      const url = new URL(postgres.url);
      url.search = new URLSearchParams({ sslmode: 'verify-full', [parameter]: empty }).toString();

      await expect(openAtStart(url.href, 2, 'test')).rejects.toThrow(
        `DATABASE_URL (${parameter}) names a file that is empty: ${empty}`,
      );
    },
  );
});
