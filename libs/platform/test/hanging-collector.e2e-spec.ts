import { endSpan, readSettings, startSpan, startTracing } from '#platform';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

describe('a collector that takes spans and never answers', () => {
  it('holds up the end of a process for two seconds', async () => {
    let asked = 0;
    const collector = createServer(() => (asked += 1));
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const tracing = await startTracing(
      readSettings({
        OCPI_ENVIRONMENT: 'development',
        DATABASE_URL: 'postgres://nobody@nowhere/none',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      }),
      'test',
    );
    endSpan(startSpan('work'));

    const begun = performance.now();
    await tracing.end();

    expect(performance.now() - begun).toBeLessThan(5000);
    expect(asked).toBe(1);
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
  });
});
