import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { OCPI_VERSIONS, ocpiOpenApi } from '#ocpi';
import { GatewaySettings } from '#platform';

/**
 * Serves what partners are served, per version: OpenAPI at /admin/v1/ocpi/{version}/openapi.json and a page to read it at
 * /admin/v1/ocpi/{version}/docs. Call before listening.
 */
export function serveOcpiDocs(app: NestFastifyApplication): void {
  const { publicUrl } = app.get(GatewaySettings);
  for (const version of OCPI_VERSIONS) {
    const at = `admin/v1/ocpi/${version}`;
    const create = () => ocpiOpenApi(version, publicUrl) as unknown as OpenAPIObject;
    SwaggerModule.setup(`${at}/docs`, app, create, { jsonDocumentUrl: `${at}/openapi.json` });
  }
}
