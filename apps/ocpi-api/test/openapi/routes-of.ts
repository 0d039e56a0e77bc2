import { randomBytes } from 'node:crypto';
import { createOcpiApi } from '../../src/create-app.js';

export interface Route {
  method: string;
  path: string;
}

/** The routes that the application registers, as Fastify hears of them. */
export async function routesOf(databaseUrl: string): Promise<Route[]> {
  const app = await createOcpiApi({
    OCPI_ENVIRONMENT: 'test',
    OCPI_LOG_LEVEL: 'silent',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: '2',
    OCPI_PUBLIC_URL: 'https://cpo.example.com',
    OCPI_ADMIN_KEY: 'test-admin-key-0123456789',
    OCPI_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  });
  const routes: Route[] = [];
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, path: url });
  });
  await app.init();
  await app.close();
  return routes.filter(({ method }) => method !== 'HEAD');
}
