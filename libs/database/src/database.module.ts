import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { GatewaySettings } from '#platform';
import { DataSource } from 'typeorm';
import { openAtStart } from './open-at-start.js';
import { rebaseRestoredLogs } from './rebase-restored-logs.js';
import { requireSchema } from './require-schema.js';
import { runMigrations } from './run-migrations.js';

/** One `DataSource` for the whole process, opened at start and closed last. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Outside production the schema is brought up to date at start; there, the migration job does it. */
  static forRoot(applicationName: string): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DataSource,
          inject: [GatewaySettings],
          useFactory: async (settings: GatewaySettings) => {
            const { databaseUrl, databasePoolSize, environment } = settings;
            if (environment !== 'production') await runMigrations(databaseUrl);
            const dataSource = await openAtStart(databaseUrl, databasePoolSize, applicationName);
            try {
              await requireSchema(dataSource);
              await rebaseRestoredLogs(dataSource);
            } catch (error) {
              await dataSource.destroy();
              throw error;
            }
            return dataSource;
          },
        },
      ],
      exports: [DataSource],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
