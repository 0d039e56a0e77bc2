import { type GatewaySettings, followFiles, readPemFiles, setFiles } from '#platform';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** How we speak TLS to partners: from TLS 1.2 on, trusting the public authorities and ours, with our certificate if any. */
export class PartnerTls {
  private current: SecureContext | undefined;
  private readonly stop: () => void;

  /** @throws SettingsError for files that cannot be read, errors of OpenSSL for what they hold. */
  constructor(
    settings: Pick<
      GatewaySettings,
      'partnerCaFile' | 'partnerCertificateFile' | 'partnerKeyFile' | 'tlsMinVersion'
    >,
    everyMs?: number,
  ) {
    const files = setFiles({
      OCPI_PARTNER_CA_FILE: settings.partnerCaFile,
      OCPI_PARTNER_CERTIFICATE_FILE: settings.partnerCertificateFile,
      OCPI_PARTNER_KEY_FILE: settings.partnerKeyFile,
    });
    const use = (texts: Record<string, string>) => {
      const extra = texts['OCPI_PARTNER_CA_FILE'];
      this.current = createSecureContext({
        minVersion: settings.tlsMinVersion,
        ca: extra === undefined ? undefined : [...getCACertificates('default'), extra],
        cert: texts['OCPI_PARTNER_CERTIFICATE_FILE'],
        key: texts['OCPI_PARTNER_KEY_FILE'],
      });
    };
    this.stop = followFiles(files, use, { read: readPemFiles, everyMs });
  }

  /** A new object after each change of the files: connections that stand keep what they began with. */
  get context(): SecureContext | undefined {
    return this.current;
  }

  close(): void {
    this.stop();
  }
}
