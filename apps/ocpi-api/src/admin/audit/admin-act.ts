import { Act, type Actor, storable, withoutSecrets } from '#audit';
import { type FastifyRequest } from 'fastify';
import { type AdminRequest, type AuditedRoute } from './audited.js';

function actorOf({ principal, ip, id }: FastifyRequest): Actor {
  return {
    actor: principal?.actor ?? 'unknown',
    role: principal?.role ?? null,
    sourceAddress: ip,
    requestId: id,
  };
}

/** A request to the admin API as the audit log tells of it. */
export function adminAct(request: FastifyRequest, route: AuditedRoute): Act {
  const { action, subjectOf, detailsOf } = route;
  const asked: AdminRequest = { params: textsOf(request.params), body: recordOf(request.body) };
  const subject = subjectOf(asked);
  const named = action.startsWith('connection.') ? (asked.params['id'] ?? subject) : undefined;
  return new Act(actorOf(request), {
    action,
    connectionId: typeof named === 'string' ? storable(named) : null,
    subject: typeof subject === 'string' ? storable(subject) : '',
    details: withoutSecrets(detailsOf(asked)) as Record<string, unknown>,
  });
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

const textsOf = (params: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(recordOf(params)).map(([name, text]) => [name, String(text)]));
