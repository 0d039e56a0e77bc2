import {
  applyDecorators,
  Controller,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type ValidationError } from 'class-validator';
import { type FieldError } from '#ocpi';
import { AdminAccessGuard } from '../access/admin-access.guard.js';
import { AuditedWrites } from '../audit/audited-writes.js';
import { Problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { StorableInput } from './storable-input.pipe.js';

/**
 * A controller below /admin/v1: every route needs a role, bodies are checked, writes stand in the audit log, refusals are
 * problem+json.
 */
export const AdminController = (path: string, tag: string) =>
  applyDecorators(
    Controller(`admin/v1/${path}`),
    ApiTags(tag),
    ApiBearerAuth('adminKey'),
    ApiBearerAuth('oidc'),
    ApiResponse({ status: 414, description: 'The URL is too long' }),
    ApiResponse({
      status: 429,
      description: 'Too many wrong keys or tokens from this address',
      headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } },
    }),
    ApiResponse({ status: 431, description: 'The headers are too large' }),
    UseGuards(AdminAccessGuard),
    UseInterceptors(AuditedWrites),
    UseFilters(ProblemFilter),
    UsePipes(
      new StorableInput(),
      new ValidationPipe({
        transform: true,
        whitelist: true,
        forbidNonWhitelisted: true,
        exceptionFactory: (errors) => Problem.invalid(fieldErrors(errors)),
      }),
    ),
  );

function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const path = joined(parent, property);
    const own = Object.values(constraints ?? {}).map((message) => ({ path, message }));
    return [...own, ...fieldErrors(children ?? [], path)];
  });
}

function joined(parent: string, property: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}
