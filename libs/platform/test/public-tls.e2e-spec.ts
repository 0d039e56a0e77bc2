import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { publicTls, readSettings } from '#platform';
import { type CertificateFiles, TestAuthority } from '../../../test/harness/certificates.js';
import { eventually } from '../../../test/harness/wait-for.js';

describe('certificates of the public port that are replaced', () => {
  let authority: TestAuthority;
  let files: CertificateFiles;
  let client: tls.ConnectionOptions;
  let server: https.Server;
  let stop: () => void;

  beforeAll(async () => {
    authority = await TestAuthority.create();
    files = await authority.issue('server');
    const { certificate, key } = await authority.issue('client');
    client = { cert: readFileSync(certificate), key: readFileSync(key) };
    const { options, attend } = publicTls(settings())!;
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

  const settings = (environment: Record<string, string> = {}) =>
    readSettings({
      OCPI_ENVIRONMENT: 'development',
      DATABASE_URL: 'postgres://localhost/none',
      OCPI_LOG_LEVEL: 'silent',
      OCPI_TLS_CERTIFICATE_FILE: files.certificate,
      OCPI_TLS_KEY_FILE: files.key,
      OCPI_TLS_CLIENT_CERTIFICATES: 'optional',
      OCPI_TLS_CLIENT_CA_FILE: authority.file,
      ...environment,
    });
  const connect = (): Promise<tls.TLSSocket> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const options = { port, host: '127.0.0.1', ca: authority.pem, ...client };
      const socket = tls.connect(options, () => resolve(socket));
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

  /** Whether a partner with a certificate of our authority gets an answer. */
  const answers = async (): Promise<boolean> => {
    const socket = await connect();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (data: Buffer) => resolve(data.toString()));
      socket.once('close', () => resolve(''));
      socket.once('error', () => resolve(''));
    });
    return answer.startsWith('HTTP/1.1 200 ');
  };

  it.each(['certificate', 'key', 'authority'] as const)(
    'an empty, junk or cut-off %s file changes nothing while it is being replaced',
    async (which) => {
      const file = which === 'authority' ? authority.file : files[which];
      const whole = readFileSync(file, 'utf8');
      const shown = await serialShown();
      try {
        for (const damage of [0, 'garbage\n', Math.floor(whole.length / 2)]) {
          if (typeof damage === 'string') writeFileSync(file, damage);
          else truncateSync(file, damage);
          await new Promise((resolve) => setTimeout(resolve, 150));
          expect(await serialShown()).toBe(shown);
          expect(await answers()).toBe(true);
          writeFileSync(file, whole);
        }
      } finally {
        writeFileSync(file, whole);
      }
    },
  );

  it.each(['OCPI_TLS_CLIENT_CA_FILE', 'OCPI_TLS_CERTIFICATE_FILE', 'OCPI_TLS_KEY_FILE'])(
    'a start with an empty %s is refused and names it',
    (setting) => {
      const file = `${authority.file}.empty`;
      writeFileSync(file, '');
      expect(() => publicTls(settings({ [setting]: file }))).toThrow(
        `${setting} names a file that is empty: ${file}`,
      );
    },
  );

  it('a start with authorities of which one cannot be read is refused, with several it is not', () => {
    const file = `${authority.file}.bundle`;
    const start = (text: string) => () => {
      writeFileSync(file, text);
      publicTls(settings({ OCPI_TLS_CLIENT_CA_FILE: file }));
    };
    const refusal = 'OCPI_TLS_CLIENT_CA_FILE names a file that does not hold readable PEM';
    const pem = `${authority.pem.trim()}\n`;
    expect(start('garbage')).toThrow(refusal);
    expect(start(pem + pem.slice(0, 200))).toThrow(refusal);
    expect(start(`${pem.slice(0, 200)}\n${pem}`)).toThrow(refusal);
    expect(start(`# first\n${pem}# second\r\n${pem}`)).not.toThrow();
  });
});
