import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { isDatabaseAway, namedQuery } from '#database';
import { createHash } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { type CsmsClient } from '../events/incoming-event.js';
import { BusyException } from './busy-exception.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls on `/csms/v1`; set by `CsmsClientGuard`. */
    csmsClient?: CsmsClient;
  }
}

/** Lets in who shows the key of a client in `Authorization: Bearer`; keys are stored as SHA-256. */
@Injectable()
export class CsmsClientGuard implements CanActivate {
  constructor(private readonly dataSource: DataSource) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    const client = key === undefined ? undefined : await this.clientOf(key);
    if (!client) {
      throw new UnauthorizedException(
        key === undefined ? 'the key of a CSMS client is required' : 'unknown key',
      );
    }
    request.csmsClient = client;
    return true;
  }

  private async clientOf(key: string): Promise<CsmsClient | undefined> {
    const hash = createHash('sha256').update(key).digest();
    try {
      const rows = await namedQuery<CsmsClient>(
        this.dataSource,
        'csms-client-of-key',
        'SELECT name, parties, sources FROM csms_client WHERE key_hash = $1',
        [hash],
      );
      return rows[0];
    } catch (error) {
      if (isDatabaseAway(error)) throw new BusyException('the database is away');
      throw error;
    }
  }
}
