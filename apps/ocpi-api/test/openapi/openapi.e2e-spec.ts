import { Validator } from '@seriousme/openapi-schema-validator';
import { ocpiOperations, OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import {
  ApiHarness,
  type Answer,
  type Json,
  wireToken,
} from '../../../../test/harness/api-harness.js';
import { projectRoot } from '../../../../test/harness/project-root.js';
import { openApiFiles } from '../../src/openapi/openapi-files.js';
import { routesOf, type Route } from './routes-of.js';
import { storeNetwork } from './stored-network.js';

const FILES = ['admin', ...OCPI_VERSIONS.map((version) => `ocpi-${version}`)].map(
  (name) => `${name}.openapi.json`,
);
const OWNER: [string, string][] = [['DE*EMP', 'EMSP']];

let api: ApiHarness;
let files: Record<string, string>;
let routes: Route[];
const tokens = new Map<OcpiVersion, string>();

beforeAll(async () => {
  api = await ApiHarness.start();
  files = openApiFiles(api.app);
  routes = await routesOf(api.database.url);
  await api.host('NL*AAA');
  await storeNetwork(api.dataSource);
  for (const version of OCPI_VERSIONS) {
    tokens.set(version, await api.register(`emsp-${version.replaceAll('.', '')}`, version, OWNER));
  }
});
afterAll(() => api.stop());

const documentOf = (name: string): Json => JSON.parse(files[name]!);
const call = (version: OcpiVersion, path: string, options: object = {}) =>
  api.call(`/ocpi${path}`, { token: tokens.get(version)!, ...options });

describe('docs/api', () => {
  it.each(FILES)('%s is what the code says: `npm run openapi` writes it', (name) => {
    expect(readFileSync(join(projectRoot, 'docs', 'api', name), 'utf8')).toBe(files[name]);
  });

  it.each(FILES)('%s is OpenAPI 3.1', async (name) => {
    const validator = new Validator();

    const result = await validator.validate(documentOf(name));

    expect(result).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(() => validator.resolveRefs()).not.toThrow();
  });

  it.each(FILES)(
    '%s names nothing that it does not have, and has nothing it does not name',
    (name) => {
      const document = documentOf(name);
      const references = new Set(
        [...files[name]!.matchAll(/"\$ref": "#\/([^"]+)"/g)].map((m) => m[1]!),
      );
      for (const reference of references) {
        expect([reference, at(document, reference)]).not.toEqual([reference, undefined]);
      }
      for (const kind of ['parameters', 'responses', 'headers']) {
        for (const part of Object.keys(document.components[kind] ?? {})) {
          expect(references).toContain(`components/${kind}/${part}`);
        }
      }
    },
  );

  it('a schema that is no schema is found', () => {
    const schema = { type: 'strong' };
    expect(() => ajvOf({ components: { schemas: { Wrong: schema } } }).compile(schema)).toThrow();
  });
});

const at = (document: Json, path: string): unknown =>
  path.split('/').reduce((node, key) => node?.[key.replaceAll('~1', '/')], document);

describe('the admin API', () => {
  it('documents every route below /admin/v1, and no other', () => {
    const documented = Object.entries<object>(documentOf('admin.openapi.json').paths).flatMap(
      ([path, item]) =>
        Object.keys(item)
          .filter((key) => key !== 'parameters')
          .map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = routes
      .filter(({ path }) => path.startsWith('/admin/v1/') && !/\/(docs|openapi\.json)/.test(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);

    expect(documented.toSorted()).toEqual(served.toSorted());
  });

  it('documents on every route what its limits answer', () => {
    const operations = Object.entries<Json>(documentOf('admin.openapi.json').paths).flatMap(
      ([path, item]) =>
        Object.entries<Json>(item).map(([method, { responses }]) => ({
          route: `${method} ${path}`,
          undocumented: ['414', '429', '431'].filter((status) => !(status in responses)),
          retryAfter: 'Retry-After' in (responses['429']?.headers ?? {}),
        })),
    );

    expect(operations.length).toBeGreaterThan(40);
    for (const { route, ...rest } of operations) {
      expect({ route, ...rest }).toEqual({ route, undocumented: [], retryAfter: true });
    }
  });

  it('serves its document and those of OCPI, with pages to read them', async () => {
    for (const [path, title] of [
      ['', 'OCPI gateway: admin API'],
      ['ocpi/2.1.1/', 'OCPI gateway: OCPI 2.1.1, as a CPO'],
      ['ocpi/2.3.0/', 'OCPI gateway: OCPI 2.3.0, as a CPO'],
    ]) {
      const served = await request(`${api.internalBase}/admin/v1/${path}openapi.json`);
      expect(await served.body.json()).toMatchObject({ openapi: '3.1.1', info: { title } });
      const page = await request(`${api.internalBase}/admin/v1/${path}docs`);
      await page.body.dump();
      expect(page.statusCode).toBe(200);
    }
    const hidden = await request(`${api.base}/admin/v1/ocpi/2.2.1/openapi.json`);
    await hidden.body.dump();
    expect(hidden.statusCode).toBe(404);
  });
});

describe.each(OCPI_VERSIONS)('OCPI %s', (version) => {
  const operations = ocpiOperations(version);
  const patternOf = (path: string) =>
    new RegExp(`^/ocpi${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
  const routeFits = (route: Route, method: string, path: string) =>
    route.method === method.toUpperCase() &&
    new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`).test(`/ocpi${path}`);

  it('has a route for each documented operation', () => {
    for (const { method, path } of operations) {
      const fitting = routes.filter((route) => routeFits(route, method, path.replace(/[{}]/g, '')));
      expect([method, path, fitting.length > 0]).toEqual([method, path, true]);
    }
  });

  it('documents each route that it answers', async () => {
    const answered: string[] = [];
    const token = await api.register(`probe-${version.replaceAll('.', '')}`, version, OWNER);
    // Who deletes its credentials is nobody afterwards.
    const inOrder = routes.toSorted((a, b) => Number(isEnd(a)) - Number(isEnd(b)));
    for (const route of inOrder.filter(({ path }) => path.startsWith('/ocpi'))) {
      const path = route.path.replace(':version', version).replace(':command', 'STOP_SESSION');
      const filled = path.replace(/:\w+/g, 'X1');
      const answer = await api.call(filled, { token, method: route.method });
      if (answer.status === 404 && answer.json.status_message === 'no such resource') continue;
      answered.push(`${route.method} ${filled}`);
      const documented = operations.some(
        (operation) =>
          operation.method.toUpperCase() === route.method && patternOf(operation.path).test(filled),
      );
      expect([route.method, route.path, documented]).toEqual([route.method, route.path, true]);
    }
    expect(answered).toHaveLength(version === '2.1.1' ? 17 : 21);
  });

  it('answers what its document says', async () => {
    const judge = judgeOf(documentOf(`ocpi-${version}.openapi.json`));
    const path = `/${version}/tokens/DE/EMP/T1`;
    const owner = version === '2.1.1' ? {} : { country_code: 'DE', party_id: 'EMP' };
    const token = wireToken(version, 'T1', owner);
    const asked: [path: string, documented: string, options?: object][] = [
      ['/versions', '/versions'],
      [`/${version}`, `/${version}`],
      [`/${version}/credentials`, `/${version}/credentials`],
      ...['locations', 'sessions', 'cdrs', 'tariffs'].map((module): [string, string] => [
        `/${version}/${module}?date_from=2020-01-01T00:00:00Z`,
        `/${version}/${module}`,
      ]),
      [`/${version}/sessions`, `/${version}/sessions`],
      [`/${version}/locations?limit=2`, `/${version}/locations`],
      [`/${version}/locations?limit=x`, `/${version}/locations`],
      [`/${version}/locations?x=${'y'.repeat(10_000)}`, `/${version}/locations`],
      [
        `/${version}/locations`,
        `/${version}/locations`,
        { headers: { 'x-padding': 'x'.repeat(33_000) } },
      ],
      [`/${version}/locations/FULL`, `/${version}/locations/{location_id}`],
      [`/${version}/locations/NONE`, `/${version}/locations/{location_id}`],
      [`/${version}/locations/FULL/FIELDS`, `/${version}/locations/{location_id}/{evse_uid}`],
      [
        `/${version}/locations/FULL/FIELDS/9`,
        `/${version}/locations/{location_id}/{evse_uid}/{connector_id}`,
      ],
      ...([
        { method: 'PUT', body: token },
        { method: 'PUT', body: { ...token, issuer: 'Other' } },
        { method: 'PUT', body: { ...token, valid: 'perhaps' } },
        { method: 'PUT', text: '{' },
        { method: 'PATCH', body: { valid: false, last_updated: '2026-02-02T03:04:05Z' } },
        {},
      ].map((options) => [
        path,
        `/${version}/tokens/{country_code}/{party_id}/{token_uid}`,
        options,
      ]) as [string, string, object][]),
      [
        `/${version}/commands/STOP_SESSION`,
        `/${version}/commands/STOP_SESSION`,
        { method: 'POST', body: { response_url: 'https://emsp.example/r', session_id: 'none' } },
      ],
    ];
    for (const [path, documented, options = {}] of asked) {
      const answer = await call(version, path, options);
      const { method = 'GET' } = options as { method?: string };
      expect([method, path, answer.text, judge(answer, documented, method)]).toEqual([
        method,
        path,
        answer.text,
        [],
      ]);
    }
    for (const [module, least] of Object.entries({
      locations: 4,
      tariffs: 3,
      sessions: 1,
      cdrs: 1,
    })) {
      const { json } = await call(version, `/${version}/${module}?date_from=2020-01-01T00:00:00Z`);
      expect([module, json.data.length >= least]).toEqual([module, true]);
    }
  });

  it('an answer with another field than its document has is found', () => {
    const judge = judgeOf(documentOf(`ocpi-${version}.openapi.json`));
    const answer = (data: object): Answer => ({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-request-id': 'a', 'x-correlation-id': 'b' },
      text: '',
      json: { status_code: 1000, timestamp: '2026-01-01T00:00:00Z', data },
    });
    const connector = `/${version}/locations/{location_id}/{evse_uid}/{connector_id}`;
    expect(judge(answer({ id: '1' }), connector, 'GET')).not.toEqual([]);
    expect(
      judge(answer({ version: 'x', endpoints: [], more: 1 }), `/${version}`, 'GET'),
    ).not.toEqual([]);
    expect(judge(answer({ version: 'x', endpoints: [] }), `/${version}`, 'GET')).toEqual([]);
  });
});

const isEnd = ({ method, path }: Route): boolean =>
  method === 'DELETE' && path.endsWith('/credentials');

function ajvOf(document: Json): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
  ajv.addFormat('uri', (text: string) => URL.canParse(text));
  ajv.addSchema(document, 'document');
  return ajv;
}

/** What an answer has against its document; objects may have no field that is not documented. */
function judgeOf(document: Json): (answer: Answer, path: string, method: string) => string[] {
  const strict = JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    isClosed(key, value) ? { ...(value as object), additionalProperties: false } : value,
  );
  const ajv = ajvOf(strict);
  const compiled = new Map<string, ValidateFunction>();
  return (answer, path, method) => {
    const responses = strict.paths[path][method.toLowerCase()].responses;
    const response = resolved(strict, responses[answer.status]);
    if (response === undefined) return [`${answer.status} is not documented`];
    const missing = Object.keys(response.headers ?? {}).filter(
      (header) =>
        (answer.json.status_code < 2000 ? /^x-/i : /^x-.*-id$/i).test(header) &&
        answer.headers[header.toLowerCase()] === undefined,
    );
    const schema = response.content['application/json'].schema;
    const text = JSON.stringify(schema).replaceAll('"#/', '"document#/');
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, validate);
    const isSound = validate(answer.json);
    return [
      ...(isSound || answer.json.status_code === undefined
        ? []
        : (validate.errors ?? []).map(
            (e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`,
          )),
      ...(answer.json.status_code === undefined ? ['no envelope'] : []),
      ...missing.map((header) => `no ${header}`),
      ...Object.keys(answer.headers)
        .filter((header) => /^(x-|ocpi-|link)/i.test(header))
        .filter(
          (header) =>
            !Object.keys(response.headers ?? {}).some((name) => name.toLowerCase() === header),
        )
        .map((header) => `${header} is not documented`),
    ];
  };
}

/** Envelopes are put together of two schemas, each of which has a part of the fields. */
const isClosed = (key: string, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (value as { type?: unknown }).type === 'object' &&
  'properties' in value &&
  !('status_code' in (value.properties as object)) &&
  !('data' in (value.properties as object)) &&
  key !== 'Success';

const resolved = (document: Json, value: Json): Json =>
  value?.$ref === undefined ? value : at(document, value.$ref.slice(2));
