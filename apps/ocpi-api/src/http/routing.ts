import {
  mirrorRouting,
  OcpiError,
  partyKey,
  type PartyId,
  readRouting,
  versionManifest,
  writeRouting,
} from '#ocpi';
import { type Connection, type HostedParty, hostedPartyId } from '#partners';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { allowedMethods, type OcpiPath } from './ocpi-path.js';

export interface Addressed {
  /** Null = all that the connection meets. */
  parties: string[] | null;
  from: PartyId | undefined;
}

const CONFIGURATION = ['versions', 'details', 'credentials', 'hubclientinfo'];

/** Routing headers belong to functional modules that we serve, from 2.2.1 on; elsewhere they are not looked at (TRN-53). */
export const isRouted = (path: OcpiPath): boolean =>
  path.version !== undefined &&
  path.resource !== undefined &&
  allowedMethods(path) !== undefined &&
  versionManifest(path.version).routingHeaders &&
  !CONFIGURATION.includes(path.resource);

/**
 * Whom a request is for and from, with the mirrored headers put on the answer, whatever it will be (TRN-54). A Sender's
 * list of a platform with several parties needs to know which one is meant (TRN-55, TRN-56); a pushed object names its
 * owner itself. @throws OcpiError 2001
 */
export function address(
  request: FastifyRequest,
  reply: FastifyReply,
  connection: Connection,
  hosted: readonly HostedParty[],
  mayMeanAll: boolean,
): Addressed {
  const { to, from, incomplete } = readRouting(request.headers);
  const only = hosted.length === 1 ? hosted[0] : undefined;
  const answering = to ?? (only && hostedPartyId(only));
  reply.headers(
    writeRouting(mirrorRouting({ ...(to && { to }), ...(from && { from }) }, answering)),
  );
  if (incomplete.length > 0) {
    throw OcpiError.invalidParameters(
      incomplete.map((side) => ({ path: `OCPI-${side}`, message: 'incomplete or malformed' })),
    );
  }
  if (from && !connection.parties.some((party) => party.partyKey === partyKey(from))) {
    throw OcpiError.invalidParameters('OCPI-from names no party of this connection');
  }
  if (!to) {
    if (!only && !mayMeanAll && hosted.length > 0) {
      throw OcpiError.invalidParameters('OCPI-to is needed: several parties could be meant');
    }
    return { parties: hosted.map((party) => party.partyKey), from };
  }
  const party = hosted.find((candidate) => candidate.partyKey === partyKey(to));
  if (!party) throw OcpiError.invalidParameters('OCPI-to names no party of this platform');
  return { parties: [party.partyKey], from };
}
