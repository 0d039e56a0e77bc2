import { Setting } from './setting.js';

const CLIENT_CERTIFICATES = ['off', 'optional', 'required'] as const;
export type ClientCertificates = (typeof CLIENT_CERTIFICATES)[number];

const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** TLS of the public port and towards partners. Files are PEM; those that change are read anew within ten seconds. */
export class TlsSettings {
  @Setting({
    env: 'OCPI_TLS_CERTIFICATE_FILE',
    kind: 'text',
    defaultNote: 'none: plain HTTP, for an ingress that terminates TLS',
    description: 'The certificate of the public port, with its chain.',
  })
  tlsCertificateFile?: string;

  @Setting({
    env: 'OCPI_TLS_KEY_FILE',
    kind: 'text',
    description: 'The private key of that certificate.',
  })
  tlsKeyFile?: string;

  @Setting({
    env: 'OCPI_TLS_CLIENT_CERTIFICATES',
    kind: 'choice',
    choices: CLIENT_CERTIFICATES,
    default: 'off',
    description:
      'Whether partners show a certificate on the public port: never asked for, checked where one is shown, or demanded.',
  })
  tlsClientCertificates: ClientCertificates;

  @Setting({
    env: 'OCPI_TLS_CLIENT_CA_FILE',
    kind: 'text',
    description: "The authorities that partners' certificates must come from.",
  })
  tlsClientCaFile?: string;

  @Setting({
    env: 'OCPI_TLS_MIN_VERSION',
    kind: 'choice',
    choices: TLS_VERSIONS,
    default: 'TLSv1.2',
    description: 'The oldest TLS spoken, on the public port and towards partners.',
  })
  tlsMinVersion: TlsVersion;

  @Setting({
    env: 'OCPI_PARTNER_CA_FILE',
    kind: 'text',
    description: "Authorities that partners' servers may come from, beside the public ones.",
  })
  partnerCaFile?: string;

  @Setting({
    env: 'OCPI_PARTNER_CERTIFICATE_FILE',
    kind: 'text',
    description: "Our certificate for partners' servers that ask for one, with its chain.",
  })
  partnerCertificateFile?: string;

  @Setting({
    env: 'OCPI_PARTNER_KEY_FILE',
    kind: 'text',
    description: 'The private key of that certificate.',
  })
  partnerKeyFile?: string;

  @Setting({
    env: 'KAFKA_SSL_CA_FILE',
    kind: 'text',
    defaultNote: 'none: the public authorities',
    description: "The authorities that the brokers' certificates come from.",
  })
  kafkaSslCaFile?: string;

  @Setting({
    env: 'KAFKA_SSL_CERTIFICATE_FILE',
    kind: 'text',
    description: 'Our certificate for brokers that ask for one, with its chain.',
  })
  kafkaSslCertificateFile?: string;

  @Setting({
    env: 'KAFKA_SSL_KEY_FILE',
    kind: 'text',
    description: 'The private key of that certificate.',
  })
  kafkaSslKeyFile?: string;
}

type Unchecked = { [K in keyof TlsSettings]?: TlsSettings[K] | undefined };

/** What no single value of them shows. */
export function tlsRequirements(settings: Unchecked): string[] {
  const { tlsCertificateFile, tlsClientCaFile, tlsClientCertificates = 'off' } = settings;
  const asksForCertificates = tlsClientCertificates !== 'off';
  return [
    ...pairProblem('OCPI_TLS', tlsCertificateFile, settings.tlsKeyFile),
    ...pairProblem('OCPI_PARTNER', settings.partnerCertificateFile, settings.partnerKeyFile),
    ...(asksForCertificates && (tlsCertificateFile === undefined || tlsClientCaFile === undefined)
      ? [
          `OCPI_TLS_CLIENT_CERTIFICATES=${tlsClientCertificates} needs OCPI_TLS_CERTIFICATE_FILE and OCPI_TLS_CLIENT_CA_FILE`,
        ]
      : []),
  ];
}

/** A certificate and its key come together. */
export const pairProblem = (
  prefix: string,
  certificate: string | undefined,
  key: string | undefined,
): string[] =>
  (certificate === undefined) === (key === undefined)
    ? []
    : [`${prefix}_CERTIFICATE_FILE and ${prefix}_KEY_FILE go together`];
