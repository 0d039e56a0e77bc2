import { jest } from '@jest/globals';
import { scriptUrl } from './project-root.js';

interface Step {
  title: string;
  run(): Promise<string | undefined>;
}

interface CheckSteps {
  expect(condition: unknown, message: string): void;
  runSteps(steps: Step[], interrupted?: () => boolean): Promise<boolean>;
}

describe('the steps of a check', () => {
  let checks: CheckSteps;
  let printed: string[];

  beforeAll(async () => {
    checks = (await import(scriptUrl('check-steps.mjs'))) as CheckSteps;
  });
  beforeEach(() => {
    printed = [];
    jest.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  });
  afterEach(() => jest.restoreAllMocks());

  const step = (title: string, run: () => string): Step => ({ title, run: async () => run() });

  it('pass with what was seen', async () => {
    const passed = await checks.runSteps([step('install', () => '6 pods')]);

    expect(passed).toBe(true);
    expect(printed[0]).toMatch(/✓ install .*6 pods/);
  });

  it('fail with the reason, and those behind a failure are not run', async () => {
    let later = 0;

    const passed = await checks.runSteps([
      step('install', () => {
        checks.expect(false, 'no pod is ready');
        return '';
      }),
      step('upgrade', () => String((later += 1))),
    ]);

    expect(passed).toBe(false);
    expect(later).toBe(0);
    expect(printed.join('\n')).toMatch(/✗ install .*no pod is ready\n.*· upgrade/);
  });

  it('end without a verdict when interrupted', async () => {
    let over = false;

    const passed = await checks.runSteps(
      [step('install', () => String((over = true))), step('upgrade', () => 'never')],
      () => over,
    );

    expect(passed).toBe(false);
    expect(printed).toEqual([]);
  });
});
