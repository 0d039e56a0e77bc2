import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as it came over the wire. */
export interface CollectedSpan {
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'other';
  service: string;
  traceId: string;
  spanId: string;
  /** Empty: the first of its trace. */
  parentId: string;
  attributes: Record<string, unknown>;
  /** Ids of the spans that it is linked to. */
  links: { traceId: string; spanId: string }[];
  hasFailed: boolean;
}

const KINDS = ['other', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** An OpenTelemetry collector on a loopback port: keeps every span that comes as OTLP over HTTP. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  /** All bodies as they came, for who looks for what must not be in them. */
  readonly bodies: string[] = [];
  readonly headers: http.IncomingHttpHeaders[] = [];

  private constructor(private readonly server: http.Server) {}

  static async start(): Promise<TraceCollector> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const collector = new TraceCollector(server);
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      void collector.take(request).then((status) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      });
    });
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Those of one trace. */
  trace(traceId: string): CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: http.IncomingMessage): Promise<number> {
    if (request.method !== 'POST' || request.url !== '/v1/traces') return 404;
    const body = (await json(request)) as ReturnType<typeof JSON.parse>;
    this.headers.push(request.headers);
    this.bodies.push(JSON.stringify(body));
    for (const { resource, scopeSpans } of body.resourceSpans) {
      const service = valuesOf(resource.attributes)['service.name'];
      for (const { spans } of scopeSpans) {
        for (const span of spans) this.spans.push(spanOf(span, String(service)));
      }
    }
    return 200;
  }
}

function spanOf(span: ReturnType<typeof JSON.parse>, service: string): CollectedSpan {
  return {
    name: span.name,
    kind: KINDS[span.kind as number] ?? 'other',
    service,
    traceId: span.traceId,
    spanId: span.spanId,
    parentId: span.parentSpanId ?? '',
    attributes: valuesOf(span.attributes),
    links: (span.links ?? []).map(({ traceId, spanId }: CollectedSpan) => ({ traceId, spanId })),
    hasFailed: span.status?.code === 2,
  };
}

type OtlpAttribute = { key: string; value: Record<string, unknown> };

function valuesOf(attributes: OtlpAttribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
