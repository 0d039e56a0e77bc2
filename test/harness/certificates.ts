import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export interface CertificateFiles {
  certificate: string;
  key: string;
}

/** An authority of the tests' own, and a folder with what it issues. */
export class TestAuthority {
  private serial = 1;

  private constructor(
    private readonly folder: string,
    private readonly certificate: x509.X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  static async create(name = 'Test Authority'): Promise<TestAuthority> {
    x509.cryptoProvider.set(webcrypto as never);
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: `CN=${name}`,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      keys: keys as never,
      extensions: [
        new x509.BasicConstraintsExtension(true, 1, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    const authority = new TestAuthority(mkdtempSync(join(tmpdir(), 'tls-')), certificate, keys);
    writeFileSync(authority.file, authority.pem);
    return authority;
  }

  get pem(): string {
    return this.certificate.toString('pem');
  }

  get file(): string {
    return join(this.folder, 'authority.pem');
  }

  /** For a server of this name, `localhost` and 127.0.0.1 as a rule, or for a client. Issuing one again replaces its files. */
  async issue(
    name: string,
    hosts: string[] = ['localhost', '127.0.0.1'],
  ): Promise<CertificateFiles> {
    const keys = await newKeys();
    this.serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: this.serial.toString(16).padStart(2, '0'),
      subject: `CN=${name}`,
      issuer: this.certificate.subject,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey as never,
      signingKey: this.keys.privateKey as never,
      extensions: [
        new x509.SubjectAlternativeNameExtension(
          hosts.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
        ),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
      ],
    });
    const files = {
      certificate: join(this.folder, `${name}.pem`),
      key: join(this.folder, `${name}.key`),
    };
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    writeFileSync(files.certificate, certificate.toString('pem'));
    writeFileSync(files.key, pemOf(pkcs8), { mode: 0o600 });
    return files;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const validity = () => ({
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + DAY_MS),
});

const pemOf = (pkcs8: ArrayBuffer): string =>
  `-----BEGIN PRIVATE KEY-----\n${Buffer.from(pkcs8).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
