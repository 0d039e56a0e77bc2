import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { perform, storable, type Unhappened } from '#audit';
import { type FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { problemOf } from '../http/problem.filter.js';
import { adminAct } from './admin-act.js';
import { AUDITED, type AuditedRoute } from './audited.js';

/** Puts every call of an audited route into the audit log: with the change where that is one transaction, else after it. */
@Injectable()
export class AuditedWrites implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly dataSource: DataSource,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = this.reflector.get<AuditedRoute | undefined>(AUDITED, context.getHandler());
    if (!route) return next.handle();
    const act = adminAct(context.switchToHttp().getRequest<FastifyRequest>(), route);
    const work = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(perform(this.dataSource, act, explained, work));
  }
}

function explained(error: unknown): Unhappened {
  const problem = problemOf(error);
  if (!problem) return { outcome: 'failed', reason: 'something went wrong here; see the log' };
  return {
    outcome: problem.status < 500 ? 'refused' : 'failed',
    reason: storable(problem.detail),
  };
}
