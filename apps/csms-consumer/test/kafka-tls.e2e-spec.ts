import { type KafkaSettings, readKafkaSettings, type SettingsError } from '#platform';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { type CertificateFiles, TestAuthority } from '../../../test/harness/certificates.js';
import { kafkaClient } from '../src/kafka/kafka-client.js';

describe('TLS towards the brokers', () => {
  let authority: TestAuthority;
  let broker: CertificateFiles;
  let own: CertificateFiles;

  beforeAll(async () => {
    authority = await TestAuthority.create();
    broker = await authority.issue('broker');
    own = await authority.issue('gateway');
  });
  afterAll(() => authority.remove());

  /** Connects once to something that speaks TLS and no Kafka; resolves to the certificates it was shown. */
  async function shownTo(
    environment: Record<string, string>,
    beforeConnecting = () => {},
  ): Promise<string[]> {
    const shown: string[] = [];
    const server = tls.createServer(
      {
        cert: readFileSync(broker.certificate),
        key: readFileSync(broker.key),
        ca: authority.pem,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (socket) => {
        shown.push(socket.getPeerX509Certificate()?.subject ?? 'none');
        socket.destroy();
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const settings: KafkaSettings = readKafkaSettings({
      KAFKA_BROKERS: `localhost:${port}`,
      KAFKA_SSL: 'true',
      ...environment,
    });
    const admin = kafkaClient(settings, { retries: 0 })!.admin();
    beforeConnecting();
    await admin.connect().catch(() => undefined);
    await admin.disconnect().catch(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    return shown;
  }

  it('a broker of an unknown authority is not spoken to; with the authority and our certificate it is', async () => {
    expect(await shownTo({})).toEqual([]);
    expect(await shownTo({ KAFKA_SSL_CA_FILE: authority.file })).toContain('none');
    const files = {
      KAFKA_SSL_CA_FILE: authority.file,
      KAFKA_SSL_CERTIFICATE_FILE: own.certificate,
      KAFKA_SSL_KEY_FILE: own.key,
    };
    expect(await shownTo(files)).toContain('CN=gateway');
  });

  it.each(['', 'garbage'])('an authority file that holds %j is refused at start', (text) => {
    const file = `${authority.file}.bad`;
    writeFileSync(file, text);
    const settings = readKafkaSettings({
      KAFKA_BROKERS: 'localhost:9',
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: file,
    });
    expect(() => kafkaClient(settings)).toThrow('KAFKA_SSL_CA_FILE names a file');
  });

  it('files that are emptied later leave what was in use, and whole ones count again', async () => {
    const files = {
      KAFKA_SSL_CA_FILE: `${authority.file}.copy`,
      KAFKA_SSL_CERTIFICATE_FILE: own.certificate,
      KAFKA_SSL_KEY_FILE: own.key,
    };
    writeFileSync(files.KAFKA_SSL_CA_FILE, authority.pem);
    const whole = readFileSync(own.certificate);
    const emptied = () => {
      writeFileSync(files.KAFKA_SSL_CA_FILE, '');
      writeFileSync(own.certificate, '');
    };
    expect(await shownTo(files, emptied)).toContain('CN=gateway');
    writeFileSync(own.certificate, whole);
    const strangers = await TestAuthority.create('Somebody Else');
    writeFileSync(files.KAFKA_SSL_CA_FILE, authority.pem);
    const replaced = () => writeFileSync(files.KAFKA_SSL_CA_FILE, strangers.pem);
    expect(await shownTo(files, replaced)).toEqual([]);
    strangers.remove();
  });

  it('files that cannot be meant are refused at start', () => {
    const problems = (environment: Record<string, string>): readonly string[] => {
      try {
        readKafkaSettings({ KAFKA_BROKERS: 'b:9092', ...environment });
        return [];
      } catch (error) {
        return (error as SettingsError).problems;
      }
    };
    expect(problems({ KAFKA_SSL_CA_FILE: '/x' })[0]).toContain('need KAFKA_SSL=true');
    expect(problems({ KAFKA_SSL: 'true', KAFKA_SSL_KEY_FILE: '/x' })[0]).toContain('go together');
  });
});
