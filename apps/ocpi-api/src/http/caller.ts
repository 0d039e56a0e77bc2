import { type OcpiVersion, type PartyId } from '#ocpi';
import { type Connection } from '#partners';
import { type FastifyRequest } from 'fastify';

/** Who asks, established before anything of the request is read. */
export interface Caller {
  connection: Connection;
  /** As shown; only ever echoed in our credentials object (CRD-06). */
  token: string;
  purpose: 'bootstrap' | 'full';
  /** Of the URL; undefined on the versions endpoint. */
  version: OcpiVersion | undefined;
  /** Party keys of ours the request is about; null = all that the connection meets. */
  parties: string[] | null;
  /** The partner's party that asks, where the routing headers name one. */
  from: PartyId | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined until the request is authenticated, and outside `/ocpi`. */
    caller: Caller | undefined;
  }
}

/** The caller of a request that got as far as a controller. */
export function callerOf(request: FastifyRequest): Caller & { version: OcpiVersion } {
  const { caller } = request;
  if (caller?.version === undefined)
    throw new Error('a versioned route was reached without a caller');
  return { ...caller, version: caller.version };
}
