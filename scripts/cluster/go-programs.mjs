import fs from 'node:fs';
import path from 'node:path';
import { varDir } from '../project-root.mjs';
import { runProgram } from '../run-program.mjs';

const BUILD_TIMEOUT_MS = 60 * 60_000;

/** Where built programs and Go's own caches are kept between runs. */
const toolsDir = path.join(varDir, 'tools');

/**
 * Builds programs of one Go module from the Go module proxy, whose checksum database vouches for the source. What was built
 * is kept, by version; a build that is interrupted leaves nothing.
 *
 * @param {object} source
 * @param {string} source.module
 * @param {string} source.version
 * @param {Record<string, string>} source.programs what a program is called here, and its package
 * @param {string[]} [source.ldflags]
 * @param {Record<string, string>} [source.requires] modules and versions that are needed beside it
 * @param {string} [source.localReplaces] the version of the modules that its own go.mod replaces by folders, which a
 *   module that is not the main one cannot do
 * @returns {Promise<Record<string, string>>} the path of each program
 */
export async function goPrograms(source, say) {
  const at = (name) => path.join(toolsDir, `${name}-${source.version.slice(1)}`);
  const programs = Object.keys(source.programs);
  if (programs.every((name) => fs.existsSync(at(name)))) return pathsOf(programs, at);

  const folder = await goModule(source);
  for (const name of programs.filter((each) => !fs.existsSync(at(each)))) {
    const startedAt = Date.now();
    say(`building ${name} ${source.version} from the Go module proxy …`);
    const unfinished = `${at(name)}.${process.pid}`;
    const ldflags = ['-s', '-w', ...(source.ldflags ?? [])].join(' ');
    const flags = ['-trimpath', '-ldflags', ldflags, '-o', unfinished];
    await go(folder, 'build', ...flags, source.programs[name]);
    fs.renameSync(unfinished, at(name));
    say(`built ${name} in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }
  return pathsOf(programs, at);
}

/** A module of ours whose tools are the programs; needed as main module for its replacements and for packages beside it. */
export async function goModule({ module, version, programs, requires = {}, localReplaces, code }) {
  const folder = path.join(toolsDir, 'go', `${Object.keys(programs)[0]}-${version}`);
  const complete = path.join(folder, 'go.sum');
  if (fs.existsSync(complete)) return folder;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const write = (lines) => fs.writeFileSync(path.join(folder, 'go.mod'), `${lines.join('\n')}\n`);
  const own = ['module ocpi-gateway/tools', 'go 1.26'];
  write(own);
  const replaced = localReplaces ? await locallyReplaced(folder, module, version) : [];
  write([
    ...own,
    ...Object.values(programs).map((each) => `tool ${each}`),
    ...Object.entries({ [module]: version, ...requires }).map(
      (each) => `require ${each.join(' ')}`,
    ),
    ...replaced.map((each) => `replace ${each} => ${each} ${localReplaces}`),
  ]);
  if (code) fs.writeFileSync(path.join(folder, 'tools.go'), code);
  await go(folder, 'mod', 'tidy');
  return folder;
}

async function locallyReplaced(folder, module, version) {
  const { stdout } = await go(folder, 'mod', 'download', '-json', `${module}@${version}`);
  const text = fs.readFileSync(JSON.parse(stdout).GoMod, 'utf8');
  return [...text.matchAll(/^\s*(?:replace\s+)?(\S+) => \.\.?\//gm)].map(([, name]) => name);
}

/** Builds give way to others. */
function go(cwd, ...args) {
  return runProgram('nice', ['go', ...args], {
    cwd,
    timeoutMs: BUILD_TIMEOUT_MS,
    env: {
      CGO_ENABLED: '0',
      GOFLAGS: '-buildvcs=false -modcacherw',
      GOWORK: 'off',
      GOMODCACHE: path.join(toolsDir, 'go', 'modules'),
      GOCACHE: path.join(toolsDir, 'go', 'cache'),
    },
  });
}

const pathsOf = (names, at) => Object.fromEntries(names.map((name) => [name, at(name)]));
