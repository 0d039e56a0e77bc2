import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const generator = resolve('test/conformance/generate.mjs');
const catalogue = resolve('test/conformance/catalogue');
const pages = resolve('../shared/conformance');

interface Check {
  id: string;
  versions: string[];
  title: string;
  perVersion: boolean;
}

const checks = readdirSync(catalogue).flatMap(
  (file): Check[] => JSON.parse(readFileSync(join(catalogue, file), 'utf8')).checks,
);

interface TestResult {
  title: string;
  status: 'passed' | 'failed' | 'pending';
  ancestorTitles?: string[];
}

describe('the generator of docs/conformance.md', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const results = () => join(folder, 'results.json');
  const page = () => join(folder, 'page.md');
  const run = (assertionResults: TestResult[], ...flags: string[]) => {
    const name = resolve('libs/ocpi/test/sample.e2e-spec.ts');
    writeFileSync(results(), JSON.stringify({ testResults: [{ name, assertionResults }] }));
    return spawnSync(
      process.execPath,
      [generator, '--results', results(), '--out', page(), ...flags],
      { encoding: 'utf8' },
    );
  };
  const stateOf = (id: string) =>
    readFileSync(page(), 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`| ${id} |`))
      ?.split(' | ')[3];

  it('marks every id at the head of a passed title as done and the rest as later or absent', () => {
    expect(run([{ title: 'LOC-01, TRN-22: lists page', status: 'passed' }]).status).toBe(0);
    expect(stateOf('LOC-01')).toBe('done');
    expect(stateOf('TRN-22')).toBe('done');
    expect(stateOf('LOC-02')).toBe('absent');
    expect(stateOf('HUB-01')).toMatch(/^later: hubs/);
  });

  it('shows the reason of a partial proof, also beside commas and colons', () => {
    run([{ title: 'LOC-12 (partial: pull, not push: later), LOC-11: kept', status: 'passed' }]);
    expect(stateOf('LOC-12')).toBe('partial: pull, not push: later');
    expect(stateOf('LOC-11')).toBe('done');
  });

  it('needs a pass in each version where the versions differ', () => {
    const passed = (version: string): TestResult => ({
      title: `LOC-18 [${version}]: timestamp`,
      status: 'passed',
    });
    run([passed('2.1.1'), passed('2.3.0')]);
    expect(stateOf('LOC-18')).toBe('partial: not proved for 2.2.1');
    run([passed('2.1.1'), passed('2.2.1+')]);
    expect(stateOf('LOC-18')).toBe('done');
  });

  it('takes ids and versions from the suites around a test', () => {
    run([
      { title: 'is sent', ancestorTitles: ['LOC-18: stamps', 'OCPI [2.1.1]'], status: 'passed' },
    ]);
    expect(stateOf('LOC-18')).toBe('partial: not proved for 2.2.1, 2.3.0');
  });

  it('counts neither failed nor skipped tests', () => {
    run([
      { title: 'LOC-01: works', status: 'passed' },
      { title: 'LOC-01: works elsewhere', status: 'failed' },
      { title: 'LOC-02: skipped', status: 'pending' },
    ]);
    expect(stateOf('LOC-01')).toBe('absent: a test of it fails');
    expect(stateOf('LOC-02')).toBe('absent');
  });

  it('refuses ids that no page knows and lists it cannot read', () => {
    const unknown = run([{ title: 'LOC-99: nothing', status: 'passed' }]);
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining('LOC-99')]);
    const unreadable = run([{ title: 'LOC-01/LOC-02: two', status: 'passed' }]);
    expect([unreadable.status, unreadable.stderr]).toEqual([1, expect.stringContaining('LOC-01/')]);
  });

  it('checks a page without writing it and names what is absent', () => {
    const tests: TestResult[] = [{ title: 'LOC-01: lists page', status: 'passed' }];
    const stale = run(tests, '--check');
    expect([stale.status, stale.stderr]).toEqual([1, expect.stringContaining('out of date')]);
    run(tests);
    const fresh = run(tests, '--check');
    expect(fresh.status).toBe(0);
    expect(fresh.stdout).toContain('absent LOC-02');
    expect(fresh.stdout).not.toContain('absent LOC-01');
    expect(run(tests, '--strict').status).toBe(1);
  });

  it('lists for a reviewer what unit tests alone prove', () => {
    const name = (file: string) => resolve('libs/ocpi', file);
    const passed = (title: string) => [{ title, status: 'passed' }];
    const testResults = [
      { name: name('src/codec.spec.ts'), assertionResults: passed('LOC-01, LOC-02: decodes') },
      { name: name('test/wire.e2e-spec.ts'), assertionResults: passed('LOC-02: is sent') },
    ];
    writeFileSync(results(), JSON.stringify({ testResults }));
    const { stdout } = spawnSync(
      process.execPath,
      [generator, '--results', results(), '--out', page(), '--audit'],
      { encoding: 'utf8' },
    );
    expect(stdout.match(/^unit tests only \S+/gm)).toEqual(['unit tests only LOC-01']);
  });

  it('knows 745 checks, each once and with its versions', () => {
    run([]);
    const rows = readFileSync(page(), 'utf8').match(/^\| [A-Z]{3}-\d\d \|.*$/gm) ?? [];
    expect(new Set(rows.map((row) => row.slice(2, 8))).size).toBe(745);
    expect(rows).toHaveLength(745);
    expect(rows.every((row) => /^\| .{6} \| (all|2\.2\.1\+|2\.[123]\.\d) \|/.test(row))).toBe(true);
  });

  it('gives the same page for the same results', () => {
    run([]);
    const first = readFileSync(page(), 'utf8');
    execFileSync(process.execPath, [generator, '--results', results(), '--out', page()]);
    expect(readFileSync(page(), 'utf8')).toBe(first);
  });
});

describe('the catalogue of checks', () => {
  it('has titles of its own that fit a line', () => {
    expect(checks.filter(({ title }) => title.length < 10 || title.length > 100)).toEqual([]);
    const repeated = checks.filter((check, index) =>
      checks.some(
        (other, at) =>
          at < index &&
          other.id !== check.id &&
          other.title === check.title &&
          other.id.startsWith(check.id.slice(0, 3)),
      ),
    );
    expect(repeated).toEqual([]);
  });

  it('asks for a pass per version only where there are several', () => {
    expect(checks.filter((check) => check.perVersion && check.versions.length < 2)).toEqual([]);
  });

  const comparison = existsSync(pages) ? it : it.skip;
  comparison(
    'holds exactly the numbered checks of the conformance pages (skipped without them)',
    () => {
      const numbered = readdirSync(pages)
        .filter((file) => file.endsWith('.md'))
        .flatMap(
          (file) =>
            readFileSync(join(pages, file), 'utf8').match(/^\| ?[A-Z]{3}-\d\d(?= ?\|)/gm) ?? [],
        )
        .map((row) => row.replace(/^\| ?/, ''));
      expect(checks.map(({ id }) => id).sort()).toEqual(numbered.sort());
    },
  );
});
