import { tokenEncoding } from '../transport/authorization.js';
import { type OcpiVersion } from '../types/ocpi-version.js';
import { versionManifest } from '../versions/manifest.js';
import { ocpiOperations, type Operation, type QueryParameter } from './operations.js';
import { type JsonObject, type PortableSchemas, portableSchemas } from './portable-schemas.js';
import { wireSchemas } from './wire-schemas.js';

/**
 * What the gateway serves partners of a version, as an OpenAPI 3.1 document: from the schemas that read bodies, and from those
 * of what the codecs write. `publicUrl` is where this installation is reached.
 */
export function ocpiOpenApi(version: OcpiVersion, publicUrl?: string): JsonObject {
  const schemas = portableSchemas(wireSchemas(version));
  const document = new OcpiDocument(version, schemas);
  return {
    openapi: '3.1.1',
    info: {
      title: `OCPI gateway: OCPI ${version}, as a CPO`,
      version,
      description:
        'A field that is null counts as absent, and fields that are not listed are ignored. A URL with or without a slash at its end ' +
        'is the same. Sound JSON with content that we cannot take is answered 200 with an OCPI status code from 2000 on. Which modules a ' +
        'partner really has is told by its version details.',
    },
    servers: [
      publicUrl === undefined
        ? {
            url: '{base}/ocpi',
            variables: {
              base: { default: 'https://ocpi.example.com', description: 'OCPI_PUBLIC_URL' },
            },
          }
        : { url: `${publicUrl}/ocpi` },
    ],
    security: [{ Token: [] }],
    tags: [...new Set(ocpiOperations(version).map(({ module }) => module))].map((name) => ({
      name,
    })),
    paths: document.paths(),
    components: {
      securitySchemes: { Token: securityScheme(version) },
      schemas: { ...schemas.components, ...ENVELOPES },
      parameters: document.parameters,
      headers: document.headers,
      responses: document.responses,
    },
  };
}

const securityScheme = (version: OcpiVersion): JsonObject => ({
  type: 'apiKey',
  in: 'header',
  name: 'Authorization',
  description:
    tokenEncoding(version) === 'raw'
      ? '`Token ` and the credentials token as it is. One in base64 is understood, too.'
      : '`Token ` and the credentials token in base64. One that is sent as it is is understood, too.',
});

const TIMESTAMP = { type: 'string', format: 'date-time' };

const ENVELOPES: Record<string, JsonObject> = {
  Success: {
    type: 'object',
    required: ['status_code', 'timestamp'],
    properties: {
      status_code: { type: 'integer', minimum: 1000, maximum: 1999 },
      status_message: { type: 'string' },
      timestamp: TIMESTAMP,
    },
  },
  Refusal: {
    type: 'object',
    required: ['status_code', 'timestamp'],
    properties: {
      status_code: { type: 'integer', minimum: 2000, maximum: 3999 },
      status_message: { type: 'string' },
      timestamp: TIMESTAMP,
    },
  },
};

const schemaRef = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });

/** Refusals with an HTTP status of their own; others are 200 with a Refusal. */
const REFUSALS: Record<string, [name: string, description: string]> = {
  400: ['BadJson', 'The body is no JSON, or nested too deep.'],
  401: ['Unauthorized', 'The credentials token is missing, unknown, or of another purpose.'],
  404: ['NotFound', 'There is none, or not for this partner.'],
  405: ['MethodNotAllowed', 'Not by this method; `Allow` names the others.'],
  408: ['TooSlow', 'The request did not come in time.'],
  413: ['TooLarge', 'The body is too large.'],
  414: ['UrlTooLong', 'The URL is too long.'],
  429: [
    'TooManyRequests',
    'More requests than this connection may make; `Retry-After` has the seconds.',
  ],
  431: ['HeadersTooLarge', 'The headers are too large.'],
  503: ['Unavailable', 'Not now; try again.'],
};
/** Answered before there is a request whose ids could be echoed. */
const UNREAD = ['408', '431'];
const OF_BODIES = ['400', '413'];

const ID_HEADERS: Record<string, string> = {
  'X-Request-ID': 'Of this request; echoed, and made where it is missing.',
  'X-Correlation-ID': 'Of all requests of one concern; echoed, and made where it is missing.',
};
const ROUTING: Record<string, string> = {
  'OCPI-to-party-id':
    'Party that is addressed; needed for lists where several of ours could be meant.',
  'OCPI-to-country-code': 'Its country.',
  'OCPI-from-party-id': 'Party that asks.',
  'OCPI-from-country-code': 'Its country.',
};
const PAGE_HEADERS: Record<string, JsonObject> = {
  'X-Total-Count': { description: 'Objects in the whole list.', schema: { type: 'integer' } },
  'X-Limit': { description: 'The most objects on a page.', schema: { type: 'integer' } },
  Link: {
    description:
      'The next page as `<URL>; rel="next"`; missing on the last one. Its `cursor` makes far pages as fast as near ones.',
    schema: { type: 'string' },
  },
};
const PAGE_QUERY: QueryParameter[] = [
  { name: 'date_from', description: 'Changed at this time or later.', schema: TIMESTAMP },
  { name: 'date_to', description: 'Changed before this time.', schema: TIMESTAMP },
  {
    name: 'offset',
    description: 'Objects to pass over.',
    schema: { type: 'integer', minimum: 0, default: 0 },
  },
  {
    name: 'limit',
    description: 'Objects on the page, at most X-Limit.',
    schema: { type: 'integer', minimum: 1 },
  },
];

const NAMED_BY_PATH: Record<string, number> = {
  country_code: 2,
  party_id: 3,
  token_uid: 36,
  location_id: 39,
  evse_uid: 39,
  connector_id: 36,
  session_id: 36,
};

const UNROUTED: readonly string[] = ['versions', 'credentials'];

class OcpiDocument {
  readonly parameters: Record<string, JsonObject>;
  readonly headers: Record<string, JsonObject>;
  readonly responses: Record<string, JsonObject>;
  private readonly isRoutedVersion: boolean;

  constructor(
    private readonly version: OcpiVersion,
    private readonly schemas: PortableSchemas,
  ) {
    this.isRoutedVersion = versionManifest(version).routingHeaders;
    const sent = { ...ID_HEADERS, ...(this.isRoutedVersion && ROUTING) };
    const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
    const lengthOf = (header: string) =>
      header in ID_HEADERS ? 128 : /party/.test(header) ? 3 : 2;
    this.parameters = Object.fromEntries(
      Object.entries(sent).map(([name, description]) => [
        name,
        { name, in: 'header', description, schema: text(lengthOf(name)) },
      ]),
    );
    this.headers = {
      ...Object.fromEntries(
        Object.entries(ID_HEADERS).map(([name, description]) => [
          name,
          { description, schema: text(128) },
        ]),
      ),
      ...(this.isRoutedVersion && {
        ...Object.fromEntries(
          Object.keys(ROUTING).map((name) => [
            name,
            { description: 'That of the request, mirrored.', schema: text(lengthOf(name)) },
          ]),
        ),
      }),
      ...PAGE_HEADERS,
    };
    this.responses = Object.fromEntries(
      Object.entries(REFUSALS).map(([status, [name, description]]) => [
        name,
        {
          description,
          headers: {
            ...this.headerRefs(
              UNREAD.includes(status)
                ? []
                : [
                    ...Object.keys(ID_HEADERS),
                    ...(this.isRoutedVersion ? Object.keys(ROUTING) : []),
                  ],
            ),
            ...(status === '405' && { Allow: { schema: { type: 'string' } } }),
            ...(status === '429' && { 'Retry-After': { schema: { type: 'integer' } } }),
          },
          content: json(schemaRef('Refusal')),
        },
      ]),
    );
  }

  paths(): JsonObject {
    const paths: Record<string, JsonObject> = {};
    for (const operation of ocpiOperations(this.version)) {
      (paths[operation.path] ??= this.pathItem(operation))[operation.method] =
        this.operation(operation);
    }
    return paths;
  }

  private pathItem({ path, module }: Operation): JsonObject {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const isRouted = this.isRoutedVersion && !UNROUTED.includes(module);
    return {
      parameters: [
        ...names.map((name) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string', minLength: 1, maxLength: NAMED_BY_PATH[name] },
        })),
        ...[...Object.keys(ID_HEADERS), ...(isRouted ? Object.keys(ROUTING) : [])].map((name) => ({
          $ref: `#/components/parameters/${name}`,
        })),
      ],
    };
  }

  private operation(operation: Operation): JsonObject {
    const { id, module, summary, body, list, query = [], callback } = operation;
    const asked = [...query, ...(list === 'paged' ? PAGE_QUERY : [])];
    return {
      operationId: id,
      tags: [module],
      summary,
      ...(asked.length > 0 && { parameters: asked.map((one) => ({ ...one, in: 'query' })) }),
      ...(body !== undefined && {
        requestBody: { required: true, content: json(this.classOf(body)) },
      }),
      responses: this.answers(operation),
      ...(callback && { callbacks: { result: this.callback(callback) } }),
    };
  }

  private answers({ module, data, list, body, creates }: Operation): JsonObject {
    const isRouted = this.isRoutedVersion && !UNROUTED.includes(module);
    const headers = this.headerRefs([
      ...Object.keys(ID_HEADERS),
      ...(isRouted ? Object.keys(ROUTING) : []),
      ...(list === 'paged' ? Object.keys(PAGE_HEADERS) : []),
    ]);
    const refusals = Object.entries(REFUSALS).filter(
      ([status]) => body !== undefined || !OF_BODIES.includes(status),
    );
    return {
      200: {
        description: 'Done; or, with a status code from 2000 on, refused.',
        headers,
        content: json({ oneOf: [this.success(data, list), schemaRef('Refusal')] }),
      },
      ...(creates === true && {
        201: { description: 'It is new.', headers, content: json(this.success(data, list)) },
      }),
      ...Object.fromEntries(
        refusals.map(([status, [name]]) => [status, { $ref: `#/components/responses/${name}` }]),
      ),
    };
  }

  private success(data: string | undefined, list: Operation['list']): JsonObject {
    if (data === undefined) return schemaRef('Success');
    const object = this.classOf(data);
    return {
      allOf: [
        schemaRef('Success'),
        {
          type: 'object',
          required: ['data'],
          properties: { data: list ? { type: 'array', items: object } : object },
        },
      ],
    };
  }

  private callback({ data, in: place }: NonNullable<Operation['callback']>): JsonObject {
    const at = place === 'body' ? '$request.body#/response_url' : '$request.query.response_url';
    return {
      [`{${at}}`]: {
        post: {
          summary: 'Sent once, without an envelope.',
          security: [{ Token: [] }],
          requestBody: { required: true, content: json(this.classOf(data)) },
          responses: {
            200: { description: 'Taken.', content: json(schemaRef('Success')) },
          },
        },
      },
    };
  }

  private classOf(name: string): JsonObject {
    if (!(name in this.schemas.components)) throw new Error(`${this.version} has no ${name}`);
    return schemaRef(name);
  }

  private headerRefs(names: readonly string[]): JsonObject {
    return Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    );
  }
}
