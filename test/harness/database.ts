import { runMigrations } from '#database';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { projectRoot } from './project-root.js';

const TEMPLATE_LOCK = 7236153;

export interface TestDatabase {
  url: string;
  /** Removes the database, ending whatever is still connected to it. */
  drop(): Promise<void>;
}

/**
 * A fresh, migrated database on the cluster of DATABASE_URL, copied from a template that the first caller makes.
 * The template's name carries a hash of the migrations, so a changed migration never meets an old template.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${crypto.randomBytes(8).toString('hex')}`;
  await withAdmin(async (admin) => {
    const template = await ensureTemplate(admin);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return {
    url: urlOf(name),
    drop: () =>
      withAdmin(async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

async function ensureTemplate(admin: pg.Client): Promise<string> {
  const name = `ocpi_template_${hashOfMigrations()}`;
  // Held by this session over the statements below, since CREATE DATABASE allows no transaction.
  await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      const unfinished = `${name}_unfinished`;
      await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${unfinished} TEMPLATE template0`);
      await runMigrations(urlOf(unfinished));
      await renameWhenFree(admin, unfinished, name);
    }
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
  return name;
}

/** A backend outlives its client's goodbye by a moment, and a database in use cannot be renamed. */
async function renameWhenFree(admin: pg.Client, from: string, to: string): Promise<void> {
  await admin.query(
    'SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1',
    [from],
  );
  await admin.query(`ALTER DATABASE ${from} RENAME TO ${to}`);
}

function hashOfMigrations(): string {
  const folder = path.join(projectRoot, 'libs', 'database', 'src', 'migrations');
  const hash = crypto.createHash('sha256');
  for (const file of fs.readdirSync(folder).sort()) {
    hash.update(file).update(fs.readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function withAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: clusterUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(clusterUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function clusterUrl(): string {
  const url = process.env['DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new Error('set DATABASE_URL, for example to what `node scripts/postgres.mjs up` prints');
  }
  return url;
}
