import {
  createSecureContext,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import { type GatewaySettings } from '../configuration/gateway-settings.js';
import { followFiles } from '../files/follow-files.js';
import { type NamedFiles, setFiles } from '../files/named-files.js';
import { readPemFiles } from './pem-files.js';

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** TLS of the public port. */
export interface PublicTls {
  /** To make the server with. */
  options: TlsOptions;
  /** Gives the server replaced certificates, and drops connections with a certificate of strangers; returns the way to stop. */
  attend: (server: Server, everyMs?: number) => () => void;
}

/** As the settings say; undefined where the public port speaks plain HTTP. @throws SettingsError, or of OpenSSL for bad files */
export function publicTls(settings: GatewaySettings): PublicTls | undefined {
  if (settings.tlsCertificateFile === undefined) return undefined;
  const asks = settings.tlsClientCertificates;
  const files = setFiles({
    OCPI_TLS_CERTIFICATE_FILE: settings.tlsCertificateFile,
    OCPI_TLS_KEY_FILE: settings.tlsKeyFile,
    OCPI_TLS_CLIENT_CA_FILE: asks === 'off' ? undefined : settings.tlsClientCaFile,
  });
  const contextOf = (texts: NamedFiles): SecureContextOptions => {
    const options = {
      cert: texts['OCPI_TLS_CERTIFICATE_FILE'],
      key: texts['OCPI_TLS_KEY_FILE'],
      ca: texts['OCPI_TLS_CLIENT_CA_FILE'],
      minVersion: settings.tlsMinVersion,
    };
    createSecureContext(options); // throws before a server has taken any of them
    return options;
  };
  let context: SecureContextOptions = {};
  followFiles(files, (texts) => (context = contextOf(texts)), { read: readPemFiles })();
  return {
    options: {
      ...context,
      requestCert: asks !== 'off',
      rejectUnauthorized: asks === 'required',
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    },
    attend: (server, everyMs) => {
      server.on('secureConnection', dropForgedCertificates);
      const use = (texts: NamedFiles): void => server.setSecureContext(contextOf(texts));
      return followFiles(files, use, { read: readPemFiles, everyMs });
    },
  };
}

/** Where certificates are optional, none is fine and a bad one is not. */
function dropForgedCertificates(socket: TLSSocket): void {
  if (!socket.authorized && socket.getPeerX509Certificate() !== undefined) socket.destroy();
}
