import { prepare } from './prepare.mjs';
import { gatewayPorts, startGateway } from './gateway-processes.mjs';
import { startPostgres } from './postgres.mjs';

/** `npm start`: the gateway alone. Without DATABASE_URL it brings its own PostgreSQL, kept under var/postgres. */
prepare();
const postgres = await startPostgres();
const ports = await gatewayPorts();
const env = {
  OCPI_ENVIRONMENT: process.env.OCPI_ENVIRONMENT ?? 'development',
  DATABASE_URL: postgres.url,
  ...ports,
};
const gateway = await startGateway(env);
console.log(`OCPI      http://localhost:${ports.OCPI_PUBLIC_PORT}/ocpi/versions`);
console.log(`admin     http://localhost:${ports.OCPI_INTERNAL_PORT}/admin/v1/docs`);
console.log(`CSMS      http://localhost:${ports.OCPI_CONSUMER_INTERNAL_PORT}/csms/v1/events`);
console.log('Ctrl-C stops it.');

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
