import { DatabaseModule, openDataSource } from '#database';
import { createGatewayApp, PlatformModule } from '#platform';
import { Logger, Module } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { TcpChaosProxy } from '../../../test/harness/tcp-chaos-proxy.js';
import { openAtStart } from '../src/open-at-start.js';

@Module({})
class App {}

describe('a process that starts', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const change = async (sql: string): Promise<void> => {
    const source = await openDataSource(database.url, 2);
    await source.query(sql);
    await source.destroy();
  };
  const start = () =>
    createGatewayApp({
      module: App,
      imports: [
        PlatformModule.forRoot({
          OCPI_ENVIRONMENT: 'production',
          OCPI_LOG_LEVEL: 'silent',
          OCPI_PUBLIC_URL: 'https://gateway.example',
          OCPI_ADMIN_KEY: 'a-key-for-this-suite-alone',
          OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
          DATABASE_URL: database.url,
        }),
        DatabaseModule.forRoot('test'),
      ],
    });

  it('is told to migrate a database that is empty, or older than the build', async () => {
    const app = await start();
    await app.close();

    const told = (reason: string) => ({
      message: expect.stringContaining('run `npm run migrate`'),
      cause: { message: expect.stringContaining(reason) },
    });
    await change('DELETE FROM migration WHERE id = (SELECT max(id) FROM migration)');
    await expect(start()).rejects.toMatchObject(told('migrations have not run: '));

    await change('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await expect(start()).rejects.toMatchObject(told('relation "migration" does not exist'));
  });

  it('leaves it to its caller to say why it could not start: the framework does not say it before', async () => {
    await change('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const said: unknown[] = [];
    const say = (message: unknown) => void said.push(message);
    Logger.overrideLogger({ log: say, error: say, warn: say });

    await expect(start()).rejects.toThrow('no schema');

    expect(said).toEqual([]);
  });

  it('waits for a database that is away, and names it when it does not come', async () => {
    const { hostname, port } = new URL(database.url);
    const proxy = await TcpChaosProxy.start({ host: hostname, port: Number(port) });
    const url = Object.assign(new URL(database.url), { hostname: '127.0.0.1', port: proxy.port });
    proxy.refuse();
    try {
      await expect(openAtStart(url.href, 2, 'test', 0)).rejects.toThrow(
        `the database at 127.0.0.1:${proxy.port} cannot be reached`,
      );

      const opening = openAtStart(url.href, 2, 'test');
      await sleep(100);
      proxy.heal();
      const source = await opening;
      expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await source.destroy();
    } finally {
      await proxy.close();
    }
  });

  it('does not wait where waiting would not help', async () => {
    const missing = new URL(database.url);
    missing.pathname = '/there_is_no_such_database';

    await expect(openAtStart(missing.href, 2, 'test')).rejects.toThrow('does not exist');
  });
});
