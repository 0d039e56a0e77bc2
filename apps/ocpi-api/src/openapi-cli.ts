import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule } from './app.module.js';
import { openApiFiles } from './openapi/openapi-files.js';

// Run from the project's root: writes docs/api/*.openapi.json. Nothing of the application is started.
const folder = process.argv[2] ?? 'docs/api';
const environment = {
  OCPI_ENVIRONMENT: 'development',
  OCPI_LOG_LEVEL: 'silent',
  DATABASE_URL: 'postgres://nowhere.invalid/none',
};
const app = await NestFactory.create(AppModule.forRoot(environment), new FastifyAdapter(), {
  preview: true,
  logger: false,
  abortOnError: false,
});
for (const [name, text] of Object.entries(openApiFiles(app))) {
  writeFileSync(join(folder, name), text);
}
