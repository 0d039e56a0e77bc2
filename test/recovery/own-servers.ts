import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { type Backing } from '../faults/fault-world.js';
import { type LocalKafka, startOwnKafka, startOwnPostgres } from '../harness/local-services.js';
import { projectRoot } from '../harness/project-root.js';

export interface OwnServers {
  kafka: LocalKafka;
  /** An empty database on a cluster of its own. */
  freshCluster(): Promise<string>;
  backingOn(databaseUrl: string): Backing;
  /** Where files may be put that go with the servers. */
  folder: string;
  stop(): Promise<void>;
}

/** Clusters and a broker that nobody else uses, removed by `stop`. `postgresBin` names server programs of another version. */
export async function startOwnServers(name: string, postgresBin?: string): Promise<OwnServers> {
  const folder = path.join(projectRoot, 'var', `${name}-${process.pid}`);
  const kafka = await startOwnKafka(path.join(folder, 'kafka'));
  const clusters: { stop: () => Promise<void> }[] = [];
  return {
    kafka,
    folder,
    async freshCluster() {
      const dataDir = path.join(folder, `postgres-${clusters.length}`);
      const cluster = await startOwnPostgres(dataDir, postgresBin);
      clusters.push(cluster);
      const database = `${name}_${crypto.randomBytes(4).toString('hex')}`;
      const admin = new pg.Client({ connectionString: cluster.url });
      await admin.connect();
      await admin.query(`CREATE DATABASE ${database}`);
      await admin.end();
      const url = new URL(cluster.url);
      url.pathname = `/${database}`;
      return url.href;
    },
    backingOn: (databaseUrl) => ({
      databaseUrl,
      brokers: kafka.brokers.split(','),
      topicPrefix: `${name}-${process.pid}.`,
    }),
    async stop() {
      await Promise.allSettled([...clusters, kafka].map((server) => server.stop()));
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
