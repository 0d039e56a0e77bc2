import { type INestApplication } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { openApi31 } from '../openapi/openapi-31.js';
import { AdminModule } from './admin.module.js';

/** The admin API as an OpenAPI 3.1 document. */
export function adminDocument(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('OCPI gateway: admin API')
    .setDescription('Parties of ours, partner connections, what is stuck, and where things are.')
    .setVersion('1')
    .addBearerAuth(
      { type: 'http', bearerFormat: 'key', description: 'OCPI_ADMIN_KEY, or a key of a person' },
      'adminKey',
    )
    .addBearerAuth(
      { type: 'http', bearerFormat: 'JWT', description: 'A token of the OpenID Connect issuer' },
      'oidc',
    )
    .build();
  return openApi31(SwaggerModule.createDocument(app, description, { include: [AdminModule] }));
}

/** Serves the admin API's OpenAPI at /admin/v1/openapi.json and a page to read it at /admin/v1/docs. Call before listening. */
export function serveAdminDocs(app: NestFastifyApplication): void {
  const create = () => adminDocument(app);
  SwaggerModule.setup('admin/v1/docs', app, create, { jsonDocumentUrl: 'admin/v1/openapi.json' });
}
