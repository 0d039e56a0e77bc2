const BLOCK = 512;

/**
 * One file of a tar archive, found by `matches(name)`.
 *
 * @param {Buffer} tar
 * @param {(name: string) => boolean} matches
 * @returns {Buffer} its content; throws when there is none
 */
export function untarOne(tar, matches) {
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const size = parseInt(text(tar, at + 124, 12), 8);
    const name = text(tar, at, 100);
    if (matches(name)) return tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error('the archive lacks the file');
}

const text = (tar, at, length) =>
  tar
    .toString('utf8', at, at + length)
    .replace(/\0.*$/s, '')
    .trim();
