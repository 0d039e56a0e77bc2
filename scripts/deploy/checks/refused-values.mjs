import { render, valueSets } from '../chart.mjs';

/** values.schema.json refuses what cannot work, and its words name the place. */
export const name = 'refused values';
export const tools = ['helm'];

/** On top of the minimal set: what is set, and what the refusal must name. */
const REFUSED = [
  ['publicUrl=""', 'publicUrl'],
  ['publicUrl="https://ocpi.example.com/base"', 'publicUrl'],
  ['publicUrl="ocpi.example.com"', 'publicUrl'],
  ['keys.existingSecret=""', 'existingSecret'],
  ['database.existingSecret=""', 'existingSecret'],
  ['database.url="postgres://user:password@host/db"', 'url'],
  ['keys.adminKeyValue="secret"', 'adminKeyValue'],
  ['database.poolSize="20"', 'poolSize'],
  ['ocpiApi.replica=3', 'replica'],
  ['csmsConsumer.podDisruptionBudget.maxUnavailable=0', 'maxUnavailable'],
  ['kafka.brokers=["kafka"]', 'brokers'],
  ['kafka.sasl.mechanism="gssapi"', 'mechanism'],
  ['kafka.sasl.mechanism="plain"', 'username'],
  ['settings.OCPI_ADMIN_KEY="0123456789abcdef"', 'OCPI_ADMIN_KEY'],
  ['settings.DATABASE_URL="postgres://a:b@c/d"', 'DATABASE_URL'],
  ['settings.OCPI_INTERNAL_PORT=3000', 'OCPI_INTERNAL_PORT'],
  ['settings.PATH="/tmp"', 'PATH'],
  ['secretSettings=[{"setting":"OCPI_X_FILE","existingSecret":"a","key":"b"}]', 'secretSettings'],
  ['image.digest="sha256:short"', 'digest'],
  ['httpRoute.enabled=true', 'parentRefs'],
  ['publicTls.clientCertificates="required"', 'publicTls'],
  ['publicTls.clientCertificates="perhaps"', 'clientCertificates'],
  ['trustedCertificates={"existingConfigMap":"a","existingSecret":"b"}', 'trustedCertificates'],
  ['networkPolicy.from.everybody=[]', 'everybody'],
  ['shutdown.drainSeconds=-1', 'drainSeconds'],
];

/** `only`: what sets this value. */
export async function check(root, only = '') {
  const minimal = valueSets(root)['minimal-http'];
  const problems = [];
  for (const [set, place] of REFUSED.filter(([one]) => one.startsWith(only))) {
    const { refused } = await render(root, minimal, { set: [set] });
    if (refused === undefined) problems.push(`${set} is taken`);
    else if (!refused.includes(place))
      problems.push(`${set}: the refusal does not name ${place}: ${refused}`);
  }
  return problems;
}

export const mistakes = [
  {
    title: 'a schema that lets unknown values of the database pass',
    only: 'database.url',
    file: 'helm/ocpi-gateway/values.schema.json',
    replace: [
      '"database": {\n      "type": "object",\n      "additionalProperties": false,',
      '"database": {\n      "type": "object",',
    ],
    expect: /database\.url=.* is taken/,
  },
  {
    title: 'a schema that takes a secret among the settings',
    only: 'settings.OCPI_ADMIN_KEY',
    file: 'helm/ocpi-gateway/values.schema.json',
    replace: ['"OCPI_ADMIN_KEY",', ''],
    expect: /OCPI_ADMIN_KEY=.* is taken/,
  },
];
