import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { type AddressInfo } from 'node:net';
import { type TLSSocket, type TlsOptions } from 'node:tls';
import { type CertificateFiles, TestAuthority } from '../../../test/harness/certificates.js';
import { eventually } from '../../../test/harness/wait-for.js';
import { PartnerClient, PartnerTls } from '../src/http/index.js';

const ENVELOPE = JSON.stringify({ status_code: 1000, timestamp: '2026-01-01T00:00:00Z' });

describe('TLS towards partners', () => {
  let authority: TestAuthority;
  let servers: CertificateFiles;
  let own: CertificateFiles;
  const opened: (() => Promise<unknown> | undefined)[] = [];

  beforeAll(async () => {
    authority = await TestAuthority.create();
    servers = await authority.issue('partner');
    own = await authority.issue('gateway');
  });
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });
  afterAll(() => authority.remove());

  /** A partner on HTTPS; resolves to its URL and what clients showed it. */
  async function partner(options: TlsOptions = {}): Promise<{ url: string; shown: string[] }> {
    const shown: string[] = [];
    const server = https.createServer(
      {
        cert: readFileSync(servers.certificate),
        key: readFileSync(servers.key),
        ca: authority.pem,
        ...options,
      },
      (request, response) => {
        shown.push((request.socket as TLSSocket).getPeerX509Certificate()?.serialNumber ?? 'none');
        response.setHeader('connection', 'close');
        response.end(ENVELOPE);
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return { url: `https://localhost:${(server.address() as AddressInfo).port}/`, shown };
  }
  function clientWith(
    files: Partial<ConstructorParameters<typeof PartnerTls>[0]>,
    everyMs?: number,
  ): PartnerClient {
    const client = new PartnerClient({
      allowlist: ['127.0.0.0/8', '::1'],
      tls: new PartnerTls({ tlsMinVersion: 'TLSv1.2', ...files }, everyMs),
    });
    opened.push(() => client.close());
    return client;
  }
  const ask = (client: PartnerClient, url: string) =>
    client.request({
      connectionId: 'p',
      method: 'GET',
      url,
      token: 't',
      version: '2.2.1',
      timeoutMs: 60_000,
    });

  it('TRN-01 (partial: our side): a certificate of an unknown authority is refused, one of an extra authority is taken', async () => {
    const { url, shown } = await partner();
    expect(await ask(clientWith({}), url)).toMatchObject({ kind: 'failed', reason: 'network' });
    expect(shown).toEqual([]);
    const client = clientWith({ partnerCaFile: authority.file });
    expect(await ask(client, url)).toMatchObject({ kind: 'answered', ocpiStatus: 1000 });
  });

  it('a certificate for another name is refused', async () => {
    const other = await authority.issue('other', ['other.example.com']);
    const { url } = await partner({
      cert: readFileSync(other.certificate),
      key: readFileSync(other.key),
    });
    const answer = await ask(clientWith({ partnerCaFile: authority.file }), url);
    expect(answer).toMatchObject({ kind: 'failed', reason: 'network' });
  });

  it('TLS older than the setting is not spoken', async () => {
    const old = {
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    const files = { partnerCaFile: authority.file };
    expect(await ask(clientWith(files), (await partner(old)).url)).toMatchObject({
      kind: 'failed',
    });
    const { url } = await partner({ maxVersion: 'TLSv1.2' });
    expect(await ask(clientWith(files), url)).toMatchObject({ kind: 'answered' });
    const strict = clientWith({ ...files, tlsMinVersion: 'TLSv1.3' });
    expect(await ask(strict, url)).toMatchObject({ kind: 'failed' });
  });

  it('a partner that asks for a certificate gets ours, and the new one after it was replaced', async () => {
    const { url, shown } = await partner({ requestCert: true, rejectUnauthorized: true });
    const files = { partnerCaFile: authority.file };
    expect(await ask(clientWith(files), url)).toMatchObject({ kind: 'failed' });
    const client = clientWith(
      { ...files, partnerCertificateFile: own.certificate, partnerKeyFile: own.key },
      20,
    );
    expect(await ask(client, url)).toMatchObject({ kind: 'answered' });
    await authority.issue('gateway');
    await eventually(async () => {
      await ask(client, url);
      return new Set(shown).size === 2 || Promise.reject(new Error(shown.join()));
    });
    expect(shown).not.toContain('none');
  });

  it('files that are missing or do not fit stop the start', () => {
    expect(() => clientWith({ partnerCaFile: '/nowhere/ca.pem' })).toThrow('OCPI_PARTNER_CA_FILE');
    expect(() =>
      clientWith({ partnerCertificateFile: own.certificate, partnerKeyFile: servers.key }),
    ).toThrow(/key values mismatch/i);
  });

  it.each(['', 'garbage'])('a start with an authority file that holds %j is refused', (text) => {
    const file = `${authority.file}.bad`;
    writeFileSync(file, text);
    expect(() => clientWith({ partnerCaFile: file })).toThrow('OCPI_PARTNER_CA_FILE names a file');
  });

  it('an authority file that is emptied later leaves what was trusted', async () => {
    const { url } = await partner();
    const file = `${authority.file}.copy`;
    writeFileSync(file, authority.pem);
    const client = clientWith({ partnerCaFile: file }, 20);
    writeFileSync(file, '');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await ask(client, url)).toMatchObject({ kind: 'answered' });
  });
});
