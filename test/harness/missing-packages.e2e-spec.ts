import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scriptUrl } from './project-root.js';

interface Package {
  version: string;
  optional?: boolean;
}

describe('what is to be installed', () => {
  let root: string;
  let missingPackages: (root: string) => string[];

  beforeAll(async () => {
    ({ missingPackages } = (await import(scriptUrl('missing-packages.mjs'))) as {
      missingPackages: typeof missingPackages;
    });
  });
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'ocpi-packages-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const lockOf = (packages: Record<string, Package>) =>
    JSON.stringify({ packages: { '': { version: '1.0.0' }, ...packages } });
  async function clone(name: string, packages: Record<string, Package>): Promise<string> {
    const folder = path.join(root, name);
    await mkdir(folder);
    await writeFile(path.join(folder, 'package-lock.json'), lockOf(packages));
    return folder;
  }
  async function install(folder: string, packages: Record<string, Package>): Promise<string> {
    const tree = path.join(folder, 'node_modules');
    await mkdir(tree);
    const noted = path.join(tree, '.package-lock.json');
    await writeFile(noted, JSON.stringify({ packages }));
    await utimes(noted, new Date(0), new Date(0));
    return tree;
  }

  const a = { 'node_modules/a': { version: '1.0.0' } };
  const b = { 'node_modules/b': { version: '1.0.0' } };
  const ours = { 'node_modules/bin-linux': { version: '1.0.0', optional: true } };
  const newer = (packages: Record<string, Package>): Record<string, Package> =>
    Object.fromEntries(Object.entries(packages).map(([k, p]) => [k, { ...p, version: '1.0.1' }]));

  it('is all of it where there is no tree, without what is for one platform alone', async () => {
    const folder = await clone('fresh', { ...a, ...ours });

    expect(missingPackages(folder)).toEqual(['node_modules/a']);
  });

  it('is what the tree lacks or has in another version', async () => {
    const folder = await clone('old', newer({ ...a, ...ours, ...b }));
    await install(folder, { ...a, ...ours });

    expect(missingPackages(folder).sort()).toEqual([
      'node_modules/a',
      'node_modules/b',
      'node_modules/bin-linux',
    ]);
  });

  it("is nothing for a younger clone that shares another's tree by a link", async () => {
    const tree = await install(await clone('first', a), a);
    const second = await clone('second', { ...a, ...ours });
    await symlink(tree, path.join(second, 'node_modules'));

    expect(missingPackages(second)).toEqual([]);
  });
});
