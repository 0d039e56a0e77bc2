import { ConnectionsService } from '#partners';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import https, { type RequestOptions } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import tls from 'node:tls';
import { ApiHarness, type Json, wireToken } from '../../../test/harness/api-harness.js';
import { type CertificateFiles, TestAuthority } from '../../../test/harness/certificates.js';

const read = ({ certificate, key }: CertificateFiles) => ({
  cert: readFileSync(certificate),
  key: readFileSync(key),
});

describe('TLS on the public port', () => {
  let authority: TestAuthority;
  let strangers: TestAuthority;
  let server: CertificateFiles;
  let client: CertificateFiles;
  const started: ApiHarness[] = [];

  beforeAll(async () => {
    authority = await TestAuthority.create();
    strangers = await TestAuthority.create('Somebody Else');
    server = await authority.issue('server');
    client = await authority.issue('client');
  });
  afterEach(async () => {
    for (const api of started.splice(0)) await api.stop();
  });
  afterAll(() => {
    authority.remove();
    strangers.remove();
  });

  async function start(environment: Record<string, string> = {}): Promise<ApiHarness> {
    const api = await ApiHarness.start({
      OCPI_TLS_CERTIFICATE_FILE: server.certificate,
      OCPI_TLS_KEY_FILE: server.key,
      ...environment,
    });
    started.push(api);
    await api.host('NL*AAA');
    return api;
  }
  const get = (api: ApiHarness, token: string | undefined, options: RequestOptions = {}) =>
    new Promise<{ status: number; json: Json }>((resolve, reject) => {
      const request = https.get(
        {
          host: '127.0.0.1',
          port: new URL(api.base).port,
          path: '/ocpi/2.2.1',
          ca: authority.pem,
          agent: false,
          headers: token ? { authorization: `Token ${Buffer.from(token).toString('base64')}` } : {},
          ...options,
        },
        (response) => {
          textOf(response).then(
            (text) => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) }),
            reject,
          );
        },
      );
      request.on('error', reject);
    });
  const codeOf = (error: Error & { code?: string }) => error.code ?? error.message;
  const failure = (promise: Promise<unknown>) => promise.then(() => 'answered', codeOf);

  it('TRN-01: HTTPS with a server certificate from its files; partners need none, and plain HTTP gets nothing', async () => {
    const api = await start();
    const token = await api.register('emsp', '2.2.1');
    expect((await get(api, token)).json.status_code).toBe(1000);
    expect((await get(api, undefined)).status).toBe(401);
    // It is the certificate that is checked, not merely an encrypted line.
    expect(await failure(get(api, token, { ca: strangers.pem }))).toMatch(
      /SIGNATURE|ISSUER|SELF_SIGNED|CERT/,
    );
    expect(await failure(get(api, token, { servername: 'elsewhere.example.com' }))).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    await expect(fetch(`${api.base}/ocpi/versions`)).rejects.toThrow();
    expect((await fetch(`${api.internalBase}/health/live`)).status).toBe(200);
  });

  it('TRN-01: nothing older than TLS 1.2 is spoken, and 1.2 only where it may be', async () => {
    const api = await start();
    const old = {
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    expect(await failure(get(api, undefined, old))).not.toBe('answered');
    expect((await get(api, undefined, { maxVersion: 'TLSv1.2' })).status).toBe(401);
    const strict = await start({ OCPI_TLS_MIN_VERSION: 'TLSv1.3' });
    expect(await failure(get(strict, undefined, { maxVersion: 'TLSv1.2' }))).not.toBe('answered');
    expect((await get(strict, undefined)).status).toBe(401);
  });

  it('a certificate that is demanded must come from the right authority', async () => {
    const api = await start({
      OCPI_TLS_CLIENT_CERTIFICATES: 'required',
      OCPI_TLS_CLIENT_CA_FILE: authority.file,
    });
    const token = await api.register('emsp', '2.2.1');
    expect(await failure(get(api, token))).not.toBe('answered');
    expect(await failure(get(api, token, read(await strangers.issue('forger'))))).not.toBe(
      'answered',
    );
    expect((await get(api, token, read(client))).status).toBe(200);
  });

  it('a certificate that is optional may be missing, but not be a stranger’s', async () => {
    const api = await start({
      OCPI_TLS_CLIENT_CERTIFICATES: 'optional',
      OCPI_TLS_CLIENT_CA_FILE: authority.file,
    });
    const token = await api.register('emsp', '2.2.1');
    expect((await get(api, token)).status).toBe(200);
    expect((await get(api, token, read(client))).status).toBe(200);
    expect(await failure(get(api, token, read(await strangers.issue('forger'))))).not.toBe(
      'answered',
    );
  });

  it('a connection bound to a certificate is not opened by its token alone', async () => {
    const api = await start({
      OCPI_TLS_CLIENT_CERTIFICATES: 'optional',
      OCPI_TLS_CLIENT_CA_FILE: authority.file,
    });
    const token = await api.register('bound', '2.2.1');
    const { fingerprint256 } = new X509Certificate(readFileSync(client.certificate));
    await api.app
      .get(ConnectionsService)
      .update('bound', { profile: { clientCertificates: [fingerprint256] } });
    await api.directory.changed();
    expect((await get(api, token)).status).toBe(401);
    expect((await get(api, token, read(await authority.issue('colleague')))).status).toBe(401);
    expect((await get(api, token, read(client))).status).toBe(200);
  });

  it('a start with files that do not fit together fails and says which', async () => {
    await expect(start({ OCPI_TLS_KEY_FILE: '/nowhere/tls.key' })).rejects.toThrow(
      'OCPI_TLS_KEY_FILE names a file that cannot be read',
    );
    await expect(start({ OCPI_TLS_KEY_FILE: client.key })).rejects.toThrow(/key values mismatch/i);
  });

  it.each(['', 'garbage'])(
    'authorities of partners in a file that holds %j stop the start',
    async (text) => {
      const file = `${authority.file}.bad`;
      writeFileSync(file, text);
      const demanding = {
        OCPI_TLS_CLIENT_CERTIFICATES: 'required',
        OCPI_TLS_CLIENT_CA_FILE: file,
      };
      await expect(start(demanding)).rejects.toThrow('OCPI_TLS_CLIENT_CA_FILE names a file that');
    },
  );

  it('closing waits for the answer of a request over TLS', async () => {
    const api = await start();
    const token = await api.register('emsp', '2.2.1');
    const body = JSON.stringify(wireToken('2.2.1', 'U1'));
    const port = Number(new URL(api.base).port);
    const socket = tls.connect({ port, host: '127.0.0.1', ca: authority.pem });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const answer = textOf(socket);
    socket.write(
      [
        'PUT /ocpi/2.2.1/tokens/NL/TNM/U1 HTTP/1.1',
        'Host: x',
        `Authorization: Token ${Buffer.from(token).toString('base64')}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
        '\r\n',
      ].join('\r\n'),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const closing = api.app.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.write(body);
    expect(await answer).toMatch(/^HTTP\/1\.1 201 /);
    await closing;
  });
});
