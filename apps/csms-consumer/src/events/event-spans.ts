import { isEventType } from '#csms-contract';
import { describeSpan, endSpan, isTracing, type Span, startSpan, traceparentOf } from '#platform';
import { type PreparedEvent } from './apply-batch.js';
import { type EventOutcome, type IncomingEvent } from './incoming-event.js';

/** What ends the spans of a batch. */
export interface EventSpans {
  end(outcomes: readonly EventOutcome[]): void;
  fail(error: unknown): void;
}

/**
 * A span for each event of a batch, from its receipt to the commit that they share. It goes on with the trace that the event
 * names, else with the request it came by. From now on the event names its span: what is written because of it does too.
 */
export function startEventSpans(events: readonly PreparedEvent[]): EventSpans | undefined {
  if (!isTracing()) return undefined;
  const spans = events.map(({ incoming }) => startEventSpan(incoming, events.length));
  return {
    end: (outcomes) =>
      spans.forEach((span, index) => {
        const { outcome, reason } = outcomes[index] ?? {};
        describeSpan({ 'ocpi.outcome': outcome, 'ocpi.reason': reason }, span);
        endSpan(span, outcome === 'parked' ? reason : undefined);
      }),
    fail: (error) => {
      for (const span of spans) endSpan(span, error);
    },
  };
}

function startEventSpan(
  { parsed, binding, origin }: IncomingEvent,
  count: number,
): Span | undefined {
  const event = parsed.ok ? parsed.event : undefined;
  const type = event && isEventType(event.type) ? event.type : 'unknown';
  const span = startSpan(`process ${type}`, {
    kind: 'consumer',
    parent: event?.traceparent ?? (binding === 'kafka' ? null : undefined),
    links: event?.traceparent === undefined ? [] : [traceparentOf()],
    attributes: {
      'messaging.system': binding,
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': count,
      'messaging.destination.name': textOf(origin['topic']),
      'messaging.kafka.offset': textOf(origin['offset']),
      'cloudevents.event_id': event?.id,
      'cloudevents.event_source': event?.source,
      'cloudevents.event_type': event?.type,
    },
  });
  if (event) event.traceparent = traceparentOf(span);
  return span;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
