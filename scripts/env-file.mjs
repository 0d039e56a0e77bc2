import fs from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * Takes what an optional `.env` file says into `environment`, which counts before it: as the applications read the two. The
 * database may be named by a file of its own, DATABASE_URL_FILE.
 */
export function takeEnvFile(file, environment = process.env) {
  if (fs.existsSync(file)) {
    for (const [name, value] of Object.entries(parseEnv(fs.readFileSync(file, 'utf8'))))
      environment[name] ??= value;
  }
  const { DATABASE_URL, DATABASE_URL_FILE } = environment;
  if (DATABASE_URL || !DATABASE_URL_FILE) return;
  environment.DATABASE_URL = fs.readFileSync(DATABASE_URL_FILE, 'utf8').trim();
  environment.DATABASE_URL_FILE = ''; // not away: the applications would find it in the file again
}
