import { readFileSync } from 'node:fs';
import http from 'node:http';

/** The container's health: /health/ready of the application that runs in it. Other programs have no port, and running is all there is to ask. */
const INTERNAL_PORT = {
  'ocpi-api': process.env.OCPI_INTERNAL_PORT || '3001',
  'csms-consumer': process.env.OCPI_CONSUMER_INTERNAL_PORT || '3002',
};

// The first process is ours, or an init that names ours behind it.
const running = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
const app = Object.keys(INTERNAL_PORT).find((name) => running.includes(name));
if (app) await askReadiness(INTERNAL_PORT[app]);

function askReadiness(port) {
  const bound = process.env.OCPI_BIND_ADDRESS ?? '';
  const host = ['', '0.0.0.0', '::'].includes(bound) ? '127.0.0.1' : bound;
  return new Promise((resolve) => {
    const request = http.get({ host, port, path: '/health/ready', timeout: 4000 }, (answer) => {
      answer.resume();
      end(answer.statusCode === 200 ? 0 : 1, `HTTP ${answer.statusCode}`);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 4 s')));
    request.on('error', (error) => end(1, error.message));

    function end(code, said) {
      console.log(said);
      process.exitCode = code;
      resolve();
    }
  });
}
