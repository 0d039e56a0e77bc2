import { type INestApplication } from '@nestjs/common';
import { OCPI_VERSIONS, ocpiOpenApi } from '#ocpi';
import { adminDocument } from '../admin/admin-docs.js';

/** The OpenAPI documents of docs/api by file name: the admin API of this application, and OCPI per version. */
export function openApiFiles(app: INestApplication): Record<string, string> {
  const documents = {
    'admin.openapi.json': adminDocument(app),
    ...Object.fromEntries(
      OCPI_VERSIONS.map((version) => [`ocpi-${version}.openapi.json`, ocpiOpenApi(version)]),
    ),
  };
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => [
      name,
      `${JSON.stringify(document, null, 2)}\n`,
    ]),
  );
}
