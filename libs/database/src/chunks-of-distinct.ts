/** Splits a list, in order, wherever a key would occur for the second time. */
export function chunksOfDistinct<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const chunks: T[][] = [];
  let seen = new Set<string>();
  for (const item of items) {
    const name = key(item);
    const last = chunks.at(-1);
    if (last && !seen.has(name)) {
      last.push(item);
    } else {
      chunks.push([item]);
      seen = new Set();
    }
    seen.add(name);
  }
  return chunks;
}
