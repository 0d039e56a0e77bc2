import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { varDir } from './project-root.mjs';

/** The broker the project is tested with. */
export const KAFKA_VERSION = '3.9.2';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ocpi-gateway</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/**
 * The folder with the broker's jars, fetched from Maven Central on first use and kept in `var/kafka`.
 * Throws with Maven's own words when they cannot be had.
 */
export async function kafkaJars(say) {
  const jars = path.join(varDir, 'kafka', `jars-${KAFKA_VERSION}`);
  if (fs.existsSync(jars)) return jars;
  say(`fetching Apache Kafka ${KAFKA_VERSION} from Maven Central (about 48 MB, once)`);
  const workDir = path.join(varDir, 'kafka', `fetch-${process.pid}`);
  fs.mkdirSync(workDir, { recursive: true });
  try {
    fs.writeFileSync(path.join(workDir, 'pom.xml'), POM);
    const output = path.join(workDir, 'jars');
    const goal = [
      'dependency:copy-dependencies',
      `-DoutputDirectory=${output}`,
      '-DincludeScope=runtime',
    ];
    await run('mvn', ['-q', '-B', ...goal], workDir);
    try {
      fs.renameSync(output, jars);
    } catch (error) {
      if (!fs.existsSync(jars)) throw error; // otherwise another process was faster
    }
  } finally {
    fs.rmSync(workDir, { recursive: true, force: true });
  }
  return jars;
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${command} failed (${code}): ${said.trim().slice(-600)}`)),
    );
  });
}
