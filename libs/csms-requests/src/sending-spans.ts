import { type PrintableEvent } from '#csms-contract';
import { endSpan, isTracing, type Span, startSpan, traceparentOf } from '#platform';

/**
 * Begins a span for each message that belongs to a trace, and has the message name that span, so that the CSMS goes on from
 * there. Returns what ends them, with what went wrong if anything did.
 */
export function startSending(
  events: readonly PrintableEvent[],
  subscriber: string,
): (fault?: unknown) => void {
  if (!isTracing()) return () => undefined;
  const spans: (Span | undefined)[] = [];
  for (const event of events) {
    if (event.traceparent === undefined) continue;
    const span = startSpan(`send ${event.type}`, {
      kind: 'producer',
      parent: event.traceparent,
      attributes: {
        'messaging.operation.type': 'send',
        'messaging.destination.name': subscriber,
        'messaging.message.id': event.id,
        'cloudevents.event_type': event.type,
      },
    });
    event.traceparent = traceparentOf(span) ?? event.traceparent;
    spans.push(span);
  }
  return (fault) => {
    for (const span of spans) endSpan(span, fault);
  };
}
