import path from 'node:path';
import { takeEnvFile } from './env-file.mjs';
import { gatewayPorts, startGateway } from './gateway-processes.mjs';
import { startPostgres } from './postgres.mjs';
import { prepare } from './prepare.mjs';
import { projectRoot, varDir } from './project-root.mjs';
import { takeRunLock } from './run-lock.mjs';

/**
 * `npm start`: the gateway alone, by the settings of `.env` and the environment. Without DATABASE_URL it brings its own PostgreSQL,
 * kept under var/postgres.
 */
takeEnvFile(path.join(projectRoot, '.env'));
const ownDatabase = !process.env.DATABASE_URL;
const dataDir = path.join(varDir, 'postgres');
let postgres;
let gateway;
try {
  // On a database of the operator's own, any number may run beside each other.
  const lock = ownDatabase ? takeRunLock(path.join(varDir, 'start.lock')) : undefined;
  prepare();
  postgres = await startPostgres({ dataDir });
  const ports = await gatewayPorts();
  lock?.note(`admin http://localhost:${ports.OCPI_INTERNAL_PORT}`);
  gateway = await startGateway({
    OCPI_ENVIRONMENT: process.env.OCPI_ENVIRONMENT || 'development',
    // With the well-known development keys nobody else on the network may reach it.
    OCPI_BIND_ADDRESS: process.env.OCPI_BIND_ADDRESS || '127.0.0.1',
    DATABASE_URL: postgres.url,
    ...ports,
  });
  console.log(introduction(ports));
} catch (error) {
  console.error(`npm start failed: ${error.message}`);
  await postgres?.stop();
  process.exit(1);
}

const why = await Promise.race([
  gateway.exited,
  ...['SIGINT', 'SIGTERM'].map(
    (signal) => new Promise((resolve) => process.once(signal, () => resolve(signal))),
  ),
]);
console.log(`stopping: ${why}`);
await gateway.stop();
await postgres.stop();
process.exit(why.startsWith('SIG') ? 0 : 1);

function introduction({ OCPI_PUBLIC_PORT, OCPI_INTERNAL_PORT, OCPI_CONSUMER_INTERNAL_PORT }) {
  const data = ownDatabase ? path.relative(projectRoot, dataDir) : 'where DATABASE_URL says';
  return `
OCPI      http://localhost:${OCPI_PUBLIC_PORT}/ocpi/versions  (needs a partner's token)
admin     http://localhost:${OCPI_INTERNAL_PORT}/admin/v1/docs
CSMS      http://localhost:${OCPI_CONSUMER_INTERNAL_PORT}/csms/v1/events  (POST, needs a key of npm run ocpi -- csms add)
data      ${data}; a new one is empty: begin with
          npm run ocpi -- party add 'NL*EVC' --name 'My Charging'${
            OCPI_INTERNAL_PORT === '3001'
              ? ''
              : `\n          after export OCPI_ADMIN_URL=http://localhost:${OCPI_INTERNAL_PORT}`
          }
Ctrl-C stops it; the data stay.
`;
}
