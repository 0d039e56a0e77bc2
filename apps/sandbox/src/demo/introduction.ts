import { partyKey } from '#ocpi';
import { DEVELOPMENT_ADMIN_KEY, type GatewaySettings } from '#platform';
import { CSMS_CONTROL_PORT, type SandboxPartner } from './sandbox.js';

/** What can be opened beside a running sandbox, and with which key. */
export function introduction(
  settings: GatewaySettings,
  partners: readonly SandboxPartner[],
): string {
  const { publicPort, internalPort, consumerInternalPort, adminKey } = settings;
  const admin = `http://127.0.0.1:${internalPort}`;
  const control = `http://127.0.0.1:${CSMS_CONTROL_PORT}/control/misbehave`;
  // Any other key is a secret and stays out of terminals.
  const key = adminKey === DEVELOPMENT_ADMIN_KEY ? adminKey : '$OCPI_ADMIN_KEY';
  const known = partners.map(
    ({ id, emsp: { options, versionsUrl } }) =>
      `${id.padEnd(12)} ${options.version}  ${partyKey(options.party)}  ${versionsUrl}`,
  );
  return `
OCPI      http://127.0.0.1:${publicPort}/ocpi/versions  (needs a partner's token)
admin     ${admin}/admin/v1/docs  (key: ${key})
          curl -H "Authorization: Bearer ${key}" ${admin}/admin/v1/connections
metrics   ${admin}/metrics  http://127.0.0.1:${consumerInternalPort}/metrics
partners  ${known.join('\n          ')}
CSMS      goes wrong when told to: slow, silent, late, double, contradictory or refuse
          curl ${control} -d '{"request": "start-session", "misbehaviour": {"kind": "double", "times": 1}}'
try       ${internalPort === 3001 ? '' : `export OCPI_ADMIN_URL=${admin}\n          `}npm run ocpi -- partner list
          Ctrl-C stops everything; the data stay. Start over: npm run quickstart -- --fresh
`;
}
