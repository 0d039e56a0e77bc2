import { context, diag, DiagLogLevel } from '@opentelemetry/api';
import type * as Sdk from '@opentelemetry/sdk-trace';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TracingSettings } from '../configuration/tracing-settings.js';
import { createLogger } from '../logging/logger.js';
import { useTracer } from './tracing.js';

export interface Tracing {
  /** Sends now what has ended. */
  flush(): Promise<void>;
  /** Sends what is left, as far as the collector takes it within two seconds, and traces no more. */
  end(): Promise<void>;
}

/** A process that ends is waited for; its last spans are worth less than that. */
const LAST_SENDING_MS = 2000;

const nothing = (): Promise<void> => Promise.resolve();

/**
 * Sends traces to the collector that the settings name, from now until the end. Once per process, before the application is
 * made. Without a collector nothing is loaded, and nothing traced.
 */
export async function startTracing(settings: TracingSettings, appName: string): Promise<Tracing> {
  const url = collectorUrl(settings);
  if (url === undefined) return { flush: nothing, end: nothing };
  const [
    sdk,
    { OTLPTraceExporter },
    { resourceFromAttributes },
    { AsyncLocalStorageContextManager },
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
  ]);
  reportFaults();
  const exporter = new OTLPTraceExporter({ url, headers: pairsOf(settings.otlpHeaders ?? '') });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes(resourceOf(settings, appName)),
    sampler: samplerOf(sdk, settings),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  useTracer(provider.getTracer('ocpi-gateway'));
  createLogger('tracing').info(
    { collector: new URL(url).host, sampler: settings.tracesSampler },
    'traces are sent',
  );
  return {
    flush: () => provider.forceFlush(),
    end: async () => {
      useTracer(undefined);
      await Promise.race([provider.shutdown(), sleep(LAST_SENDING_MS, undefined, { ref: false })]);
      context.disable();
      diag.disable();
    },
  };
}

function collectorUrl(settings: TracingSettings): string | undefined {
  const { otlpEndpoint, otlpTracesEndpoint, otelDisabled, tracesExporter } = settings;
  if (otelDisabled || tracesExporter === 'none') return undefined;
  if (otlpTracesEndpoint !== undefined) return otlpTracesEndpoint;
  return otlpEndpoint && `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`;
}

function resourceOf(settings: TracingSettings, appName: string): Record<string, string> {
  const { otelServiceName, otelResourceAttributes } = settings;
  return {
    'service.name': appName,
    'service.namespace': 'ocpi-gateway',
    'service.instance.id': `${hostname()}-${process.pid}`,
    ...pairsOf(otelResourceAttributes.join(',')),
    ...(otelServiceName !== undefined && { 'service.name': otelServiceName }),
  };
}

/** `name=value,name=value`, the values percent-encoded, as W3C Baggage writes them. */
function pairsOf(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function samplerOf(
  sdk: typeof Sdk,
  { tracesSampler, tracesSamplerArg }: TracingSettings,
): Sdk.Sampler {
  const root = tracesSampler.replace('parentbased_', '');
  const sampler =
    root === 'always_on'
      ? new sdk.AlwaysOnSampler()
      : root === 'always_off'
        ? new sdk.AlwaysOffSampler()
        : new sdk.TraceIdRatioBasedSampler(Number(tracesSamplerArg));
  return root === tracesSampler ? sampler : new sdk.ParentBasedSampler({ root: sampler });
}

/** A collector that is away is no fault of the gateway's work: a line of the log, and the spans are dropped. */
function reportFaults(): void {
  const log = createLogger('tracing');
  const warn = (message: string): void => log.warn({ detail: message }, 'traces cannot be sent');
  const quiet = (): void => undefined;
  diag.setLogger(
    { error: warn, warn, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
