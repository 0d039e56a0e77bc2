import { OcpiError, type OcpiVersion, type PartyId } from '#ocpi';
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
    /** Undefined until the request is authenticated, and on the internal port. */
    caller: Caller | undefined;
  }
}

/** The caller of a request that got as far as a controller. @throws OcpiError 401, so that no route answers a stranger */
export function anyCallerOf({ caller }: FastifyRequest): Caller {
  if (!caller) throw OcpiError.unauthorized();
  return caller;
}

/** The caller below `/ocpi/{version}`. @throws OcpiError 404 for what is no version of ours */
export function callerOf(request: FastifyRequest): Caller & { version: OcpiVersion } {
  const caller = anyCallerOf(request);
  const { version } = caller;
  if (version === undefined) throw OcpiError.unknownResource();
  return { ...caller, version };
}
