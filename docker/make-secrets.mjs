import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * `node docker/make-secrets.mjs`: the secrets of compose.yaml, one a file, made once and then left alone. The folder is closed to
 * other users; its files are readable because they are mounted into containers whose users are not you.
 */
const folder = path.join(import.meta.dirname, '..', 'var', 'compose-secrets');
const password = randomBytes(24).toString('hex');
const SECRETS = {
  'postgres-password': password,
  'database-url': `postgres://ocpi:${password}@postgres:5432/ocpi`,
  'admin-key': randomBytes(24).toString('hex'),
  'encryption-key': randomBytes(32).toString('base64'),
};

const names = Object.keys(SECRETS);
const there = names.filter((name) => fs.existsSync(path.join(folder, name)));
if (there.length === names.length) {
  console.log(`${folder}: all secrets are there`);
} else if (there.length > 0) {
  console.error(`${folder}: some secrets are missing, and a new one would not fit the others`);
  console.error('put back what is missing, or start over: remove the folder and the data volumes');
  process.exitCode = 1;
} else {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of names)
    fs.writeFileSync(path.join(folder, name), SECRETS[name], { mode: 0o644 });
  console.log(`${folder}: ${names.join(', ')}`);
}
