import { type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The SHA-256 fingerprint of the certificate that a caller proved to have, 64 hex digits; undefined where it showed none. */
export function clientCertificate(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
}
