import { Setting } from './setting.js';

const EXPORTERS = ['otlp', 'none'] as const;
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Where traces go, by the names that OpenTelemetry gives these variables. */
export class TracingSettings {
  @Setting({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    kind: 'url',
    protocols: ['http', 'https'],
    defaultNote: 'none: no traces',
    description:
      'The OpenTelemetry collector for traces, OTLP over HTTP (port 4318); `/v1/traces` is appended.',
  })
  otlpEndpoint?: string;

  @Setting({
    env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    kind: 'url',
    protocols: ['http', 'https'],
    defaultNote: 'from OTEL_EXPORTER_OTLP_ENDPOINT',
    description: 'The same for traces alone, taken as it is.',
  })
  otlpTracesEndpoint?: string;

  @Setting({
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    kind: 'text',
    pattern: /^\s*[\w!#$%&'*+.^`|~-]+=[^,\s]*(\s*,\s*[\w!#$%&'*+.^`|~-]+=[^,\s]*)*\s*$/,
    shape: '`name=value` pairs separated by commas, values percent-encoded',
    secret: true,
    description: 'Headers for the collector, such as its key.',
  })
  otlpHeaders?: string;

  @Setting({
    env: 'OTEL_TRACES_EXPORTER',
    kind: 'choice',
    choices: EXPORTERS,
    default: 'otlp',
    description: '`none` switches traces off although an endpoint is set.',
  })
  tracesExporter: (typeof EXPORTERS)[number];

  @Setting({
    env: 'OTEL_TRACES_SAMPLER',
    kind: 'choice',
    choices: SAMPLERS,
    default: 'parentbased_always_on',
    description:
      'Which traces are kept. With `parentbased_` the CSMS decides for the events whose trace it names.',
  })
  tracesSampler: (typeof SAMPLERS)[number];

  @Setting({
    env: 'OTEL_TRACES_SAMPLER_ARG',
    kind: 'text',
    pattern: /^(0(\.\d+)?|1(\.0+)?)$/,
    shape: 'a number from 0 to 1',
    default: '1',
    description: 'The share of traces that a sampler by ratio keeps.',
  })
  tracesSamplerArg: string;

  @Setting({
    env: 'OTEL_SERVICE_NAME',
    kind: 'text',
    defaultNote: '`ocpi-api` or `csms-consumer`',
    description: 'What traces call the process.',
  })
  otelServiceName?: string;

  @Setting({
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    kind: 'list',
    default: '',
    description: 'Further attributes of the process in traces, `name=value`.',
  })
  otelResourceAttributes: string[];

  @Setting({
    env: 'OTEL_SDK_DISABLED',
    kind: 'boolean',
    default: 'false',
    description: 'Switches traces off, whatever the others say.',
  })
  otelDisabled: boolean;
}
