import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../project-root.mjs';
import { render, valueSets } from '../chart.mjs';
import { environmentOf, podsOf, title } from '../manifest-queries.mjs';

/** The product itself takes the settings that chart and compose file give it: none misspelt, none missing. Needs a build. */
export const name = 'settings of chart and compose file';
export const tools = ['helm'];

const platform = (file) =>
  import(path.join(projectRoot, 'dist', 'libs', 'platform', 'src', 'configuration', file));
const { readSettings } = await platform('read-settings.js');
const { readDatabaseUrl } = await platform('read-database-url.js');
const { readKafkaSettings } = await platform('read-kafka-settings.js');
const { GatewaySettings } = await platform('gateway-settings.js');
const { settingsOf } = await platform('setting.js');

const READERS = {
  'ocpi-api': readSettings,
  'csms-consumer': readSettings,
  sandbox: readSettings,
  migrate: readDatabaseUrl,
  topics: readKafkaSettings,
  'smoke-test': () => undefined,
};

const SETTINGS = settingsOf(GatewaySettings);
const SECRET_SETTINGS = SETTINGS.filter(({ secret }) => secret).map(({ env }) => env);
const VARIABLES = new Set([
  ...SETTINGS.map(({ env }) => env),
  ...SECRET_SETTINGS.map((env) => `${env}_FILE`),
]);

/** What a secret's file may hold; any other secret setting gets a text that nothing but its presence is asked of. */
const SECRETS = {
  DATABASE_URL: 'postgres://user:password@database.example.com:5432/ocpi?sslmode=verify-full',
  OCPI_ADMIN_KEY: 'an-admin-key-of-production',
  OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

export async function check(root) {
  return [...(await chartProblems(root)), ...composeProblems(root)];
}

async function chartProblems(root) {
  const problems = [];
  for (const [set, file] of Object.entries(valueSets(root))) {
    const { refused, objects = [] } = await render(root, file);
    if (refused) problems.push(`${set}: ${refused}`);
    for (const { owner, spec } of podsOf(objects))
      for (const { args, ...container } of spec.containers)
        problems.push(
          ...refusals(args[0], environmentOf(container)).map(
            (said) => `${set}: ${title(owner)}: ${said}`,
          ),
        );
  }
  return problems;
}

function composeProblems(root) {
  const text = fs.readFileSync(path.join(root, 'docker', 'compose.yaml'), 'utf8');
  const { services } = parse(text, { merge: true });
  return Object.entries(services)
    .filter(([, { image }]) => image.startsWith('ocpi-gateway:'))
    .flatMap(([service, { command, environment }]) =>
      refusals(command[0], withDefaults(environment)).map((said) => `compose ${service}: ${said}`),
    );
}

/** `${NAME:-default}` as compose fills it where NAME is not set. */
const withDefaults = (environment) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:-([^}]*)\}/, '$1'),
    ]),
  );

function refusals(program, environment) {
  const read = READERS[program];
  if (!read) return [`${program} is no program of the image`];
  const unknown = Object.keys(environment)
    .filter((name) => /^(OCPI|KAFKA|DATABASE|OTEL)_/.test(name) && !VARIABLES.has(name))
    .map((name) => `${name} is not a setting`);
  try {
    read(secretsFilledIn(environment));
    return unknown;
  } catch (error) {
    return [...unknown, error.message];
  }
}

/** A secret's file is not there to be read; any other file is a setting as it stands. */
const secretsFilledIn = (environment) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      const secret = SECRET_SETTINGS.find((one) => name === `${one}_FILE`);
      return secret ? [secret, SECRETS[secret] ?? 'a secret of some length'] : [name, value];
    }),
  );

export const mistakes = [
  {
    title: 'a misspelt setting of Kafka, which the product takes for another program’s',
    file: 'helm/ocpi-gateway/templates/_settings.tpl',
    replace: ['name: KAFKA_GROUP_ID', 'name: KAFKA_GROUP'],
    expect: /KAFKA_GROUP is not a setting/,
  },
  {
    title: 'a misspelt setting in the chart',
    file: 'helm/ocpi-gateway/templates/_settings.tpl',
    replace: ['OCPI_DRAIN_SECONDS', 'OCPI_DRAIN_SECOND'],
    expect: /OCPI_DRAIN_SECOND is not a setting/,
  },
  {
    title: 'a value out of its range in a value set',
    file: 'helm/ocpi-gateway/ci/everything-values.yaml',
    replace: ['OCPI_PAGE_LIMIT_MAX: 5000', 'OCPI_PAGE_LIMIT_MAX: 50000000'],
    expect: /OCPI_PAGE_LIMIT_MAX/,
  },
  {
    title: 'a setting that compose leaves out',
    file: 'docker/compose.yaml',
    replace: ['  OCPI_ENCRYPTION_KEY_FILE: /run/secrets/encryption-key\n', ''],
    expect: /compose ocpi-api: .*OCPI_ENCRYPTION_KEY is required/s,
  },
];
