import { createHash } from 'node:crypto';
import { type AdminRole, isAdminRole } from './admin-role.js';

/** A key of somebody, as its digest. */
export interface NamedKey {
  name: string;
  role: AdminRole;
  digest: Buffer;
}

const NAME = /^[\w.@-]{1,64}$/;
const PLAIN_KEY = /^[!-~]{16,256}$/;
const HASHED_KEY = /^sha256:([0-9a-f]{64})$/i;

export const digestOf = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();

/**
 * Reads lines of `name role key`, the key as it is or as `sha256:` with its digest in hex; empty lines and those that
 * begin with # do not count. A name may stand there twice, so that its key can be changed without a gap.
 */
export function readKeyLines(text: string): { keys: NamedKey[]; problems: string[] } {
  const keys: NamedKey[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const read = readKeyLine(line);
    if (typeof read === 'string') problems.push(`line ${index + 1}: ${read}`);
    else keys.push(read);
  }
  return { keys, problems };
}

/** The problem, in words that do not repeat the line: it holds a key. */
function readKeyLine(line: string): NamedKey | string {
  const [name = '', role, key = '', ...more] = line.trim().split(/\s+/);
  if (!NAME.test(name)) return 'a name has 1 to 64 letters, digits, dots, @, _ or -';
  if (!isAdminRole(role)) return 'the role is one of viewer, operator, admin';
  if (more.length > 0) return 'more than name, role and key';
  const [, hashed] = HASHED_KEY.exec(key) ?? [];
  if (hashed !== undefined) return { name, role, digest: Buffer.from(hashed, 'hex') };
  if (!PLAIN_KEY.test(key) || key.startsWith('sha256:')) {
    return 'a key has 16 to 256 printable characters, or is sha256: and 64 hex digits';
  }
  return { name, role, digest: digestOf(key) };
}
