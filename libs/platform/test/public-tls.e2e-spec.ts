import { copyFileSync } from 'node:fs';
import https from 'node:https';
import { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { publicTls, readSettings } from '#platform';
import { type CertificateFiles, TestAuthority } from '../../../test/harness/certificates.js';
import { eventually } from '../../../test/harness/wait-for.js';

describe('certificates of the public port that are replaced', () => {
  let authority: TestAuthority;
  let files: CertificateFiles;
  let server: https.Server;
  let stop: () => void;

  beforeAll(async () => {
    authority = await TestAuthority.create();
    files = await authority.issue('server');
    const settings = readSettings({
      OCPI_ENVIRONMENT: 'development',
      DATABASE_URL: 'postgres://localhost/none',
      OCPI_LOG_LEVEL: 'silent',
      OCPI_TLS_CERTIFICATE_FILE: files.certificate,
      OCPI_TLS_KEY_FILE: files.key,
    });
    const { options, attend } = publicTls(settings)!;
    server = https.createServer(options, (_request, response) => response.end('ok'));
    stop = attend(server, 20);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    authority.remove();
  });

  const connect = (): Promise<tls.TLSSocket> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const socket = tls.connect({ port, host: '127.0.0.1', ca: authority.pem }, () =>
        resolve(socket),
      );
      socket.once('error', reject);
    });
  const serialShown = async (): Promise<string> => {
    const socket = await connect();
    const serial = socket.getPeerX509Certificate()!.serialNumber;
    socket.destroy();
    return serial;
  };

  it('new connections get the new one, old ones live on, and a half-written pair changes nothing', async () => {
    const first = await serialShown();
    const standing = await connect();

    const next = await authority.issue('next');
    copyFileSync(next.certificate, files.certificate); // its key is still missing
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await serialShown()).toBe(first);

    copyFileSync(next.key, files.key);
    await eventually(async () => {
      const shown = await serialShown();
      return shown !== first || Promise.reject(new Error(shown));
    });
    standing.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answer = await new Promise<Buffer>((resolve) => standing.once('data', resolve));
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    standing.destroy();
  });
});
