import { describeSpan, endSpan, isTracing, startSpan, withSpan } from '#platform';
import { type PushResult, type PushScope, type PushTask } from '../push-scope.js';

/**
 * Runs a task; where traces are made, in a span of its own that goes on with the trace of the newest change it tells, and is
 * linked to those of the changes folded into it.
 */
export async function runTraced(task: PushTask, scope: PushScope): Promise<PushResult> {
  if (!isTracing()) return task.run(scope);
  const span = startSpan(`push ${task.kind}`, {
    parent: task.traces.at(-1) ?? null,
    links: task.traces.slice(0, -1),
    attributes: {
      'ocpi.connection': scope.connection.id,
      'ocpi.attempt': task.attempts + 1,
      'ocpi.waited_seconds': Math.max(0, Date.now() - task.since.getTime()) / 1000,
    },
  });
  try {
    const result = await withSpan(span, () => task.run(scope));
    const { outcome, objectName } = result;
    const name = outcome?.kind ?? 'nothing to tell';
    describeSpan({ 'ocpi.object': objectName, 'ocpi.outcome': name }, span);
    endSpan(span, outcome && 'reason' in outcome ? outcome.reason : undefined);
    return result;
  } catch (error) {
    endSpan(span, error);
    throw error;
  }
}
