import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiResponse } from '@nestjs/swagger';
import { type AdminRole } from './admin-role.js';

export const REQUIRED_ROLE = 'admin:required-role';

/** Lets a route be called by this role and those above it. A route without it is for `admin` alone, and fails a test. */
export const RequiresRole = (role: AdminRole) =>
  applyDecorators(
    SetMetadata(REQUIRED_ROLE, role),
    ApiExtension('x-required-role', role),
    ApiResponse({ status: 401, description: 'No key or token, or none that we know' }),
    ApiResponse({ status: 403, description: `Needs the role ${role}` }),
  );
