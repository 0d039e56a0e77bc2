import { digestOf, readKeyLines } from './key-lines.js';

const KEY = 'a-key-of-16-or-more';

describe('lines of admin keys', () => {
  it('hold a key as it is, or its digest', () => {
    const hash = digestOf(KEY).toString('hex');

    const { keys, problems } = readKeyLines(
      `# people\n\n  alice  operator ${KEY}\r\nalice operator sha256:${hash.toUpperCase()}\n`,
    );

    expect(problems).toEqual([]);
    expect(keys).toEqual(Array(2).fill({ name: 'alice', role: 'operator', digest: digestOf(KEY) }));
  });

  it.each([
    [`alice chief ${KEY}`, 'the role is one of viewer, operator, admin'],
    [`al:ice viewer ${KEY}`, 'a name has'],
    ['alice viewer short', 'a key has 16 to 256'],
    ['alice viewer', 'a key has 16 to 256'],
    ['alice viewer sha256:0123456789abcdef', 'a key has 16 to 256'],
    [`alice viewer ${KEY} more`, 'more than name, role and key'],
  ])('are refused with their number, and not repeated: %s', (line, reason) => {
    const { keys, problems } = readKeyLines(`# first\n${line}`);

    expect(keys).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(`line 2: ${reason}`)]);
    expect(problems.join()).not.toContain(KEY);
  });
});
