import { Injectable } from '@nestjs/common';
import {
  CORRELATION_ID_HEADER,
  OcpiError,
  REQUEST_ID_HEADER,
  single,
  tokenCandidates,
  tokenEncoding,
} from '#ocpi';
import { type Connection, ConnectionDirectory, ConnectionObservations } from '#partners';
import { clientCertificate, describeSpan } from '#platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { readOcpiPath } from './ocpi-path.js';
import { RequestLimits } from './request-limits.js';
import { address, isRouted } from './routing.js';
import { TokenLookup } from './token-lookup.js';
import { markTraced } from './trace-messages.js';

const BOOTSTRAP_RESOURCES = ['versions', 'details', 'credentials'];

/**
 * Runs before the body of a request is read: ids are echoed (TRN-63), the token decides who asks (TRN-05), a token A gets
 * no further than versions, details and credentials (TRN-12), and the routing headers choose among our parties.
 */
@Injectable()
export class Authenticate {
  constructor(
    private readonly tokens: TokenLookup,
    private readonly directory: ConnectionDirectory,
    private readonly observations: ConnectionObservations,
    private readonly limits: RequestLimits,
  ) {}

  /** @throws OcpiError 401, 429, or 2001 for routing headers that fit nobody. */
  async run(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.header(REQUEST_ID_HEADER, request.id);
    reply.header(CORRELATION_ID_HEADER, request.correlationId);
    const candidates = tokenCandidates(single(request.headers, 'authorization'));
    const shown = candidates.map(({ token }) => token);
    this.limits.beforeLookUp(request, shown);
    const found = await this.tokens.find(candidates);
    if (!found) {
      this.limits.countStranger(request, shown);
      throw OcpiError.unauthorized();
    }
    const { connection, purpose, candidate } = found;
    markTraced(request, connection, candidate.token);
    const path = readOcpiPath(request.url);
    this.limits.countPartner(connection, path);
    const { version, resource } = path;
    const written = candidate.encoding === 'raw' ? 'plain' : 'base64';
    if (connection.profile.inEncoding !== 'both' && connection.profile.inEncoding !== written) {
      throw OcpiError.unauthorized();
    }
    if (!showsCertificate(request, connection)) {
      this.observations.deviation(connection.id, 'wrong_client_certificate');
      throw OcpiError.unauthorized();
    }
    if (purpose === 'bootstrap' && !BOOTSTRAP_RESOURCES.includes(resource ?? '')) {
      throw OcpiError.unauthorized('this token is good for registration only');
    }
    this.observe(connection, candidate.encoding);
    describeSpan({ 'ocpi.connection': connection.id, 'ocpi.version': version }, request.span);
    const { token } = candidate;
    const hosted = this.directory.hostedPartiesOf(connection);
    const parties = hosted.map((party) => party.partyKey);
    request.caller = { connection, token, purpose, version, parties, from: undefined };
    // Nothing we store holds a NUL, and the database takes none.
    if (!request.is404 && request.url.includes('%00')) {
      throw OcpiError.invalidParameters('the URL holds a NUL');
    }
    if (isRouted(path)) {
      const addressed = address(request, reply, connection, hosted, resource === 'tokens');
      request.caller = { ...request.caller, ...addressed };
    }
  }

  private observe({ id, version }: Connection, encoding: 'raw' | 'base64'): void {
    this.observations.seen(id);
    if (version !== null && encoding !== tokenEncoding(version)) {
      this.observations.deviation(id, 'wrong_encoding');
    }
  }
}

/** A connection that is bound to certificates is reached with one of them alone, whoever has its token. */
function showsCertificate({ raw }: FastifyRequest, { profile }: Connection): boolean {
  const bound = profile.clientCertificates;
  if (bound.length === 0) return true;
  const shown = clientCertificate(raw.socket);
  return bound.some((fingerprint) => fingerprint.replaceAll(':', '').toLowerCase() === shown);
}
