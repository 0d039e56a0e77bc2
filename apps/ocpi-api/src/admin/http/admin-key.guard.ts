import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { GatewaySettings } from '#platform';
import { type FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from './problem.js';

/** Lets in who shows `Authorization: Bearer <OCPI_ADMIN_KEY>`. The comparison takes the same time for every wrong key. */
@Injectable()
export class AdminKeyGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(settings: GatewaySettings) {
    this.expected = digest(settings.adminKey);
  }

  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    const [, key] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    if (key !== undefined && timingSafeEqual(digest(key), this.expected)) return true;
    throw new Problem(
      401,
      key === undefined
        ? 'Show the admin key: Authorization: Bearer <OCPI_ADMIN_KEY>'
        : 'This is not the admin key: show the OCPI_ADMIN_KEY of the gateway',
    );
  }
}

const digest = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();
