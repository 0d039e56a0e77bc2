import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { Writable } from 'node:stream';
import { buildLogger } from '../logging/logger.js';
import {
  describeSpan,
  endSpan,
  inSpan,
  isTracing,
  startSpan,
  traceparentOf,
  useTracer,
  withSpan,
} from './tracing.js';

const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);
const GIVEN = `00-${TRACE}-${SPAN}-01`;

describe('tracing that is off', () => {
  it('does the work and nothing else', async () => {
    const span = startSpan('work');
    const result = await inSpan('work', { parent: GIVEN }, (given) => Promise.resolve([given]));

    expect([span, ...result, traceparentOf(), isTracing()]).toEqual([
      undefined,
      undefined,
      undefined,
      false,
    ]);
    expect(withSpan(span, () => 'done')).toBe('done');
    expect(() => {
      describeSpan({ a: 1 }, span);
      endSpan(span, new Error('x'));
    }).not.toThrow();
  });
});

describe('tracing', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });

  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    useTracer(provider.getTracer('test'));
  });
  beforeEach(() => exporter.reset());
  afterAll(async () => {
    useTracer(undefined);
    await provider.shutdown();
    context.disable();
  });

  const spanOf = (name: string) =>
    exporter.getFinishedSpans().find((finished) => finished.name === name)!;

  it('goes on with the trace that is named, over awaits, and names its own', async () => {
    let named: string | undefined;
    await inSpan('outer', { parent: GIVEN }, async () => {
      await Promise.resolve();
      await inSpan('inner', {}, async () => {
        await Promise.resolve();
        named = traceparentOf();
      });
    });

    expect(spanOf('outer').parentSpanContext).toMatchObject({ traceId: TRACE, spanId: SPAN });
    const { spanId } = spanOf('inner').spanContext();
    expect(spanOf('inner').parentSpanContext?.spanId).toBe(spanOf('outer').spanContext().spanId);
    expect(named).toBe(`00-${TRACE}-${spanId}-01`);
  });

  it.each([
    'nonsense',
    '',
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    GIVEN.toUpperCase(),
    `${GIVEN}x`,
  ])('takes %j for no trace', (parent) => {
    endSpan(startSpan('work', { parent, links: [parent] }));

    expect(spanOf('work').parentSpanContext).toBeUndefined();
    expect(spanOf('work').links).toEqual([]);
  });

  it('takes a later version of the header as far as it is known', () => {
    endSpan(startSpan('work', { parent: `01-${TRACE}-${SPAN}-01-what-comes` }));

    expect(spanOf('work').parentSpanContext?.traceId).toBe(TRACE);
  });

  it('begins a trace of its own for parent null, whatever is at work', async () => {
    await inSpan('outer', {}, async () => endSpan(startSpan('apart', { parent: null })));

    expect(spanOf('apart').parentSpanContext).toBeUndefined();
  });

  it('marks as failed what throws, and passes the error on', async () => {
    const error = new Error('no Token abcdefghijkl');

    await expect(inSpan('work', {}, () => Promise.reject(error))).rejects.toBe(error);

    expect(spanOf('work').status).toEqual({ code: 2, message: 'no Token ***' });
  });

  it('P15 (partial: spans): hides what looks like a secret in attributes', () => {
    endSpan(startSpan('work', { attributes: { why: 'Bearer canary0123456789', left: undefined } }));

    expect(spanOf('work').attributes).toEqual({ why: 'Bearer ***' });
  });

  it('puts trace and span on every log line within, and on none outside', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = buildLogger(
      new Writable({
        write(chunk, _encoding, done) {
          lines.push(JSON.parse(String(chunk)));
          done();
        },
      }),
    );

    await inSpan('work', { parent: GIVEN }, async () => logger.info('within'));
    logger.info('outside');

    const { spanId } = spanOf('work').spanContext();
    expect(lines[0]).toMatchObject({ traceId: TRACE, spanId });
    expect(lines[1]).not.toHaveProperty('traceId');
  });
});
