import { SetMetadata } from '@nestjs/common';

/** What of a request names the thing that is written: its path, or a field of its body. */
export interface AdminRequest {
  params: Record<string, string>;
  body: Record<string, unknown>;
}

export interface AuditedRoute {
  /** `connection.pause`: the kind of thing, and what is done to it. */
  action: string;
  /** Names the thing where its path does not. */
  subjectOf: (request: AdminRequest) => unknown;
  /** What was asked for, as far as the log may keep it; secrets are taken out of it. */
  detailsOf: (request: AdminRequest) => Record<string, unknown>;
}

export const AUDITED = 'admin:audited';

/** Has every call of a route that writes stand in the audit log; one without it fails a test. */
export const Audited = (
  action: string,
  subjectOf: AuditedRoute['subjectOf'] = ({ params }) => Object.values(params).join('/'),
  detailsOf: AuditedRoute['detailsOf'] = ({ body }) => body,
) => SetMetadata(AUDITED, { action, subjectOf, detailsOf } satisfies AuditedRoute);
