import { scriptUrl } from '../harness/project-root.js';

interface Rules {
  licenceProblems(lock: object, allowed?: string[]): string[];
  advisoryProblems(audit: object, accepted: object, today: string): string[];
}

const lockOf = (packages: Record<string, object>) => ({ packages: { '': {}, ...packages } });
const advisory = (id: string, name: string) => ({
  source: 1,
  name,
  title: 'Prototype pollution',
  url: `https://github.com/advisories/${id}`,
  severity: 'high',
});

describe('what dependencies may bring along', () => {
  let rules: Rules;

  beforeAll(async () => {
    rules = (await import(scriptUrl('dependencies/dependency-rules.mjs'))) as Rules;
  });

  it('a licence that is not on the list is named, development aside', () => {
    const lock = lockOf({
      'node_modules/good': { version: '1.0.0', license: 'MIT' },
      'node_modules/choice': { version: '1.0.0', license: '(GPL-3.0-only OR MIT)' },
      'node_modules/both': { version: '1.0.0', license: 'MIT AND BSD-2-Clause' },
      'node_modules/tool': { version: '1.0.0', license: 'GPL-3.0-only', dev: true },
      'node_modules/copyleft': { version: '2.0.0', license: 'AGPL-3.0-only' },
      'node_modules/half': { version: '1.0.0', license: 'MIT AND GPL-2.0-only' },
      'node_modules/x/node_modules/@a/silent': { version: '0.1.0' },
    });
    expect(rules.licenceProblems(lock)).toEqual([
      'copyleft@2.0.0: licence AGPL-3.0-only is not on the list',
      'half@1.0.0: licence MIT AND GPL-2.0-only is not on the list',
      '@a/silent@0.1.0: licence not stated is not on the list',
    ]);
  });

  it('a vulnerability is named once, unless it was accepted with a reason until a day to come', () => {
    const audit = {
      vulnerabilities: {
        leftpad: { via: [advisory('GHSA-aaaa-bbbb-cccc', 'leftpad')] },
        framework: { via: ['leftpad', advisory('GHSA-aaaa-bbbb-cccc', 'leftpad')] },
      },
    };
    const check = (accepted: object) => rules.advisoryProblems(audit, accepted, '2026-06-01');
    const id = 'GHSA-aaaa-bbbb-cccc';
    expect(check({})).toEqual([`leftpad: ${id} (high) Prototype pollution`]);
    expect(check({ [id]: { reason: 'not reachable', until: '2026-06-01' } })).toEqual([]);
    expect(check({ [id]: { reason: 'not reachable', until: '2026-05-31' } })).toEqual([
      `${id} was accepted until 2026-05-31: look again`,
    ]);
    expect(check({ [id]: { until: '2026-07-01' } })).toEqual([
      `${id} is accepted without a reason`,
    ]);
    expect(check({ [id]: { reason: 'because' } })).toEqual([`${id} is accepted without a date`]);
    const other = { reason: 'gone', until: '2027-01-01' };
    expect(rules.advisoryProblems({ vulnerabilities: {} }, { [id]: other }, '2026-06-01')).toEqual([
      `${id} is accepted, and no dependency has it any more: remove it`,
    ]);
  });
});
