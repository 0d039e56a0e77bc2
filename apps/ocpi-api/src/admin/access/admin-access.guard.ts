import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { writeAuditEntry } from '#audit';
import { createLogger, Metrics } from '#platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { adminAct } from '../audit/admin-act.js';
import { AUDITED, type AuditedRoute } from '../audit/audited.js';
import { Problem } from '../http/problem.js';
import { AdminKeys } from './admin-keys.js';
import { type AdminRole, covers } from './admin-role.js';
import { FailedAttempts } from './failed-attempts.js';
import { type Principal } from './principal.js';
import { REQUIRED_ROLE } from './requires-role.js';
import { TokenSignIn } from './token-sign-in.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls the admin API; undefined until recognised, and elsewhere. */
    principal: Principal | undefined;
  }
}

/**
 * Lets in who shows a key or a token of the issuer as `Authorization: Bearer …` and has the role that the route needs.
 * Who shows wrong ones too often has to wait.
 */
@Injectable()
export class AdminAccessGuard implements CanActivate {
  private readonly log = createLogger('admin');

  constructor(
    private readonly reflector: Reflector,
    private readonly keys: AdminKeys,
    private readonly tokens: TokenSignIn,
    private readonly attempts: FailedAttempts,
    private readonly metrics: Metrics,
    private readonly dataSource: DataSource,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    try {
      const wait = this.attempts.waitSeconds(request.ip);
      if (wait > 0) {
        void http.getResponse<FastifyReply>().header('retry-after', wait);
        throw new Problem(429, `Too many wrong keys from this address; try again in ${wait} s`);
      }
      request.principal = await this.recognise(request);
      const needed =
        this.reflector.get<AdminRole | undefined>(REQUIRED_ROLE, context.getHandler()) ?? 'admin';
      const { actor, role } = request.principal;
      if (role !== undefined && covers(role, needed)) return true;
      const reason = `This needs the role ${needed}; ${actor} has ${role ?? 'none'}`;
      await this.recordRefusal(context, request, reason);
      throw new Problem(403, reason);
    } catch (error) {
      if (error instanceof Problem) {
        this.metrics.adminRefusalsTotal.inc({ status: error.getStatus() });
      }
      throw error;
    }
  }

  private noteGuess(address: string): void {
    this.attempts.note(address);
    this.log.warn({ address }, 'a wrong admin key or token');
  }

  private async recordRefusal(
    context: ExecutionContext,
    request: FastifyRequest,
    reason: string,
  ): Promise<void> {
    const route = this.reflector.get<AuditedRoute | undefined>(AUDITED, context.getHandler());
    const act = adminAct(
      request,
      route ?? {
        action: 'read',
        subjectOf: () => request.routeOptions.url,
        detailsOf: () => ({}),
      },
    );
    await writeAuditEntry(this.dataSource, act.entry('refused', reason));
  }

  private async recognise({ headers, ip }: FastifyRequest): Promise<Principal> {
    const [, shown] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
    if (shown === undefined) {
      throw new Problem(401, 'Show an admin key: Authorization: Bearer <OCPI_ADMIN_KEY>');
    }
    const principal = this.keys.find(shown);
    if (principal) return principal;
    const result = await this.tokens.signIn(shown);
    if (!result) {
      this.noteGuess(ip);
      throw new Problem(401, 'This is not an admin key: show the OCPI_ADMIN_KEY of the gateway');
    }
    if (result.kind === 'principal') return result.principal;
    if (result.kind === 'unavailable') {
      throw new Problem(503, 'The issuer of tokens does not answer; admin keys still work');
    }
    if (result.isGuess) this.noteGuess(ip);
    throw new Problem(401, `Not signed in: ${result.reason}`);
  }
}
