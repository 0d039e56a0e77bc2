import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { DatabaseModule } from '#database';
import { PartnersModule } from '#partners';
import { createGatewayApp, listenOnTwoPorts, PlatformModule } from '#platform';
import supertest from 'supertest';
import { DataSource } from 'typeorm';
import { createTestDatabase } from '../../../../test/harness/database.js';
import { serveAdminDocs } from '../../src/admin/admin-docs.js';
import { AdminModule } from '../../src/admin/admin.module.js';

/** Against hanging only: a busy machine takes its time to make a database. */
jest.setTimeout(120_000);

export const ADMIN_KEY = 'admin-key-of-this-test';

/** The admin API over a fresh database, listening on free ports. */
export async function startAdmin() {
  const database = await createTestDatabase();
  @Module({
    imports: [
      PlatformModule.forRoot({
        OCPI_ENVIRONMENT: 'test',
        OCPI_LOG_LEVEL: 'silent',
        DATABASE_URL: database.url,
        DATABASE_POOL_SIZE: '4',
        OCPI_ADMIN_KEY: ADMIN_KEY,
        OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
        OCPI_PUBLIC_URL: 'https://gateway.example',
        OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
      }),
      DatabaseModule.forRoot('admin-test'),
      PartnersModule.forRoot(),
      AdminModule,
    ],
  })
  class TestModule {}
  const app = await createGatewayApp(TestModule);
  serveAdminDocs(app);
  const ports = await listenOnTwoPorts(app, {
    publicPort: 0,
    internalPort: 0,
    bindAddress: '127.0.0.1',
  });
  const internalUrl = `http://127.0.0.1:${ports.internalPort}`;
  const as = (method: 'get' | 'post' | 'put' | 'patch' | 'delete') => (path: string) =>
    supertest(internalUrl)[method](`/admin/v1/${path}`).set('Authorization', `Bearer ${ADMIN_KEY}`);
  return {
    app,
    internalUrl,
    publicUrl: `http://127.0.0.1:${ports.publicPort}`,
    dataSource: app.get(DataSource),
    get: as('get'),
    post: as('post'),
    put: as('put'),
    patch: as('patch'),
    delete: as('delete'),
    async stop() {
      await app.close();
      await database.drop();
    },
  };
}

export type Admin = Awaited<ReturnType<typeof startAdmin>>;
