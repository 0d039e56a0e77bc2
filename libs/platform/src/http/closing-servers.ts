import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

const CHECK_EVERY_MS = 50;

const connections = new WeakMap<Server, Set<Socket>>();

/** Notes the connections of a server from now on, for `endUnusedConnections`. */
export function trackConnections(server: Server): void {
  const open = new Set<Socket>();
  connections.set(server, open);
  // Below TLS a socket counts no bytes; who is still in the handshake has its own time limit.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
}

/**
 * For a server that is about to close: ends its connections as they fall idle, and at once those that never sent a byte,
 * which Node takes for requests in flight until their headers are overdue. Who is being served gets the answer. Stops
 * by itself when the server is closed.
 */
export function endUnusedConnections(server: Server): void {
  const sweep = (): void => {
    server.closeIdleConnections();
    for (const socket of connections.get(server) ?? []) {
      if (socket.bytesRead === 0) socket.destroy();
    }
  };
  sweep();
  const sweeping = setInterval(sweep, CHECK_EVERY_MS);
  sweeping.unref();
  server.once('close', () => clearInterval(sweeping));
}

/** Takes no more connections and resolves when the last request in flight has its answer. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    endUnusedConnections(server);
    server.close(() => resolve());
  });
}
