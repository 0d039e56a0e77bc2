import { Injectable } from '@nestjs/common';
import { type IncomingMessage, type Server } from 'node:http';

/** The port a request came by: partners use the public one, operators and the CSMS the internal one. */
export type HttpSurface = 'public' | 'internal';

/**
 * Which requests came by which port. Until a port is listened on through `listenOnTwoPorts` nothing is separated, so that
 * tests reach everything in process.
 */
@Injectable()
export class HttpSurfaces {
  /** The server of the internal port beside the application's own. */
  internalServer?: Server;
  /** Where the application's own server stands; undefined: serves both. */
  ownSurface?: HttpSurface;
  private readonly viaInternalServer = new WeakSet<IncomingMessage>();

  markInternal(request: IncomingMessage): void {
    this.viaInternalServer.add(request);
  }

  /** The port the request came by; while ports are not separated, the one its path belongs to. */
  surfaceOf(request: IncomingMessage, path: string): HttpSurface {
    if (this.viaInternalServer.has(request)) return 'internal';
    return this.ownSurface ?? surfaceOfPath(path);
  }

  /** Whether the port of the request serves this path. */
  serves(request: IncomingMessage, path: string): boolean {
    return this.surfaceOf(request, path) === surfaceOfPath(path);
  }
}

const surfaceOfPath = (path: string): HttpSurface =>
  /^\/ocpi(\/|\?|$)/.test(path) ? 'public' : 'internal';
