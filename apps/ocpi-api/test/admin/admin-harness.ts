import { jest } from '@jest/globals';
import supertest from 'supertest';
import { DataSource } from 'typeorm';
import { createTestDatabase } from '../../../../test/harness/database.js';
import { startOcpiApi } from '../../src/create-app.js';

/** Against hanging only: a busy machine takes its time to make a database. */
jest.setTimeout(120_000);

export const ADMIN_KEY = 'admin-key-of-this-test';

/** ocpi-api over a fresh database, listening on free ports. */
export async function startAdmin(environment: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const { app, publicPort, internalPort } = await startOcpiApi({
    OCPI_ENVIRONMENT: 'test',
    OCPI_LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '4',
    OCPI_ADMIN_KEY: ADMIN_KEY,
    OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    OCPI_PUBLIC_URL: 'https://gateway.example',
    OCPI_PUBLIC_PORT: '0',
    OCPI_INTERNAL_PORT: '0',
    OCPI_BIND_ADDRESS: '127.0.0.1',
    OCPI_PARTNER_URL_ALLOWLIST: '127.0.0.1',
    ...environment,
  });
  const internalUrl = `http://127.0.0.1:${internalPort}`;
  const withKey = (key: string) => {
    const as = (method: 'get' | 'post' | 'put' | 'patch' | 'delete') => (path: string) =>
      supertest(internalUrl)[method](`/admin/v1/${path}`).set('Authorization', `Bearer ${key}`);
    return {
      get: as('get'),
      post: as('post'),
      put: as('put'),
      patch: as('patch'),
      delete: as('delete'),
    };
  };
  return {
    app,
    internalUrl,
    publicUrl: `http://127.0.0.1:${publicPort}`,
    dataSource: app.get(DataSource),
    ...withKey(ADMIN_KEY),
    /** The same with another key or token. */
    withKey,
    async stop() {
      await app.close();
      await database.drop();
    },
  };
}

export type Admin = Awaited<ReturnType<typeof startAdmin>>;
