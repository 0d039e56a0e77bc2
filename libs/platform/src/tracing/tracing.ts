import {
  type Attributes,
  context,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { scrubSecrets } from '../logging/secret-text.js';

export type { Span } from '@opentelemetry/api';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** What is said of a piece of work; undefined values are left out. */
export type SpanAttributes = Record<string, string | number | boolean | undefined>;

export interface SpanOptions {
  /** `internal` when left out. */
  kind?: keyof typeof KINDS;
  /**
   * The `traceparent` of the work that caused this one. Left out, or one that cannot be read: the work that is being done
   * here; null: nothing, a trace of its own begins.
   */
  parent?: string | null | undefined;
  /** `traceparent`s of other work that this one belongs to. */
  links?: readonly (string | undefined)[];
  attributes?: SpanAttributes;
}

/** As many as the SDK keeps of one span. */
const MOST_LINKS = 128;

let tracer: Tracer | undefined;

/** Whether traces are made at all. While not, every function here returns at once, and nothing of OpenTelemetry's SDK is loaded. */
export const isTracing = (): boolean => tracer !== undefined;

/** Only for who starts and ends tracing. */
export function useTracer(given: Tracer | undefined): void {
  tracer = given;
}

/** Begins a span; undefined while no traces are made. Whoever begins one ends it, by `endSpan`. */
export function startSpan(name: string, options: SpanOptions = {}): Span | undefined {
  if (!tracer) return undefined;
  const { kind = 'internal', parent, links = [], attributes = {} } = options;
  const linked = links.flatMap((each) => linkTo(each)).slice(0, MOST_LINKS);
  const given = { kind: KINDS[kind], attributes: printable(attributes), links: linked };
  return tracer.startSpan(name, given, contextFor(parent));
}

/** Does the work inside the span, so that what is begun there belongs to it; without a span the work alone. */
export const withSpan = <T>(span: Span | undefined, work: () => T): T =>
  span ? context.with(trace.setSpan(context.active(), span), work) : work();

/** Ends a span; with what went wrong, an error or in words, if anything did. */
export function endSpan(span: Span | undefined, fault?: unknown): void {
  if (!span) return;
  if (fault !== undefined) {
    const message = scrubSecrets(messageOf(fault)).slice(0, 500);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
  span.end();
}

/** Does the work in a span of its own, which ends with it, as failed where the work throws. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (!tracer) return work(undefined);
  const span = startSpan(name, options);
  try {
    const result = await withSpan(span, () => work(span));
    endSpan(span);
    return result;
  } catch (error) {
    endSpan(span, error);
    throw error;
  }
}

const messageOf = (fault: unknown): string =>
  typeof fault === 'object' && fault !== null && 'message' in fault
    ? messageOf(fault.message)
    : typeof fault === 'string'
      ? fault
      : 'failed';

/** Says more of the work that is being done here, or of this span. */
export function describeSpan(attributes: SpanAttributes, span = activeSpan()): void {
  span?.setAttributes(printable(attributes));
}

/** The W3C `traceparent` by which other processes go on with this span, or with the work that is being done here. */
export function traceparentOf(span = activeSpan()): string | undefined {
  if (!span) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
}

/** The trace and span of the work that is being done here, for a log line. */
export function traceFields(span = activeSpan()): { traceId?: string; spanId?: string } {
  if (!span) return {};
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

const activeSpan = (): Span | undefined => (tracer ? trace.getActiveSpan() : undefined);

function contextFor(parent: string | null | undefined): Context {
  if (parent === null) return ROOT_CONTEXT;
  const remote = parent === undefined ? undefined : readTraceparent(parent);
  return remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : context.active();
}

function linkTo(traceparent: string | undefined): Link[] {
  const linked = traceparent === undefined ? undefined : readTraceparent(traceparent);
  return linked ? [{ context: linked }] : [];
}

const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

function readTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: parseInt(flags, 16) & 1, isRemote: true };
}

/** Attributes are chosen so that none holds a secret; what a partner wrote into a message is not ours to choose (P15). */
function printable(attributes: SpanAttributes): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    kept[name] = typeof value === 'string' ? scrubSecrets(value).slice(0, 500) : value;
  }
  return kept;
}
