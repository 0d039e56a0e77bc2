import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AdminModule } from './admin.module.js';

/** Serves the admin API's OpenAPI at /admin/v1/openapi.json and a page to read it at /admin/v1/docs. Call before listening. */
export function serveAdminDocs(app: NestFastifyApplication): void {
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
  const create = () => SwaggerModule.createDocument(app, description, { include: [AdminModule] });
  SwaggerModule.setup('admin/v1/docs', app, create, { jsonDocumentUrl: 'admin/v1/openapi.json' });
}
