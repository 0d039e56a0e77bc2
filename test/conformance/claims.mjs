const CLAIM =
  /([A-Z]{3}-\d{2}|[GP]\d{1,2})(?: \(partial: ((?:[^()]|\([^()]*\))+)\))?(?: \[([^\]]+)\])?/y;
const VERSIONS = ['2.1.1', '2.2.1', '2.3.0'];

/** Versions meant by a tag such as `2.1.1`, `2.2.1+`, `2.1.1, 2.3.0` or `all`; undefined for any other text in brackets. */
function versionsOf(tag) {
  if (tag === 'all') return VERSIONS;
  const versions = new Set();
  for (const part of tag.split(',').map((text) => text.trim())) {
    const from = VERSIONS.indexOf(part.replace(/\+$/, ''));
    if (from < 0) return undefined;
    for (const version of part.endsWith('+') ? VERSIONS.slice(from) : [VERSIONS[from]])
      versions.add(version);
  }
  return [...versions];
}

/**
 * The claims at the head of a test title: `LOC-12, LOC-13 (partial: pull only) [2.2.1+]: …`.
 * A tag at the end of the list counts for the ids before it that have none of their own.
 * Ids of conversion rules (G1…) and promises (P1…) may stand in the list; they are no checks and are left out.
 * A title without ids claims nothing; one that starts like a list and is none throws.
 */
function parseClaims(title) {
  if (!/^[A-Z]{3}-\d/.test(title)) return [];
  const claims = [];
  let position = 0;
  for (;;) {
    CLAIM.lastIndex = position;
    const match = CLAIM.exec(title);
    if (!match) throw new Error(`unreadable list of check ids: ${title}`);
    const [, id, partial, tag] = match;
    const versions = tag === undefined ? undefined : versionsOf(tag);
    if (tag !== undefined && !versions) throw new Error(`unknown version in [${tag}]: ${title}`);
    claims.push({ id, partial, versions });
    position = CLAIM.lastIndex;
    if (title.startsWith(', ', position)) position += 2;
    else if (title[position] === ':') break;
    else throw new Error(`unreadable list of check ids: ${title}`);
  }
  const shared = claims.at(-1).versions;
  return claims
    .filter(({ id }) => id.includes('-'))
    .map((claim) => ({ ...claim, versions: claim.versions ?? shared }));
}

/** Versions tagged anywhere in the titles, for a suite that runs once per version; undefined where none is. */
function taggedVersions(titles) {
  const found = titles.flatMap((title) =>
    [...title.matchAll(/\[([^\]]+)\]/g)].flatMap(([, tag]) => versionsOf(tag) ?? []),
  );
  return found.length === 0 ? undefined : [...new Set(found)];
}

/**
 * The claims of one test: those of its own title before those of the suites around it.
 * `versions` undefined means that the test does not distinguish versions.
 */
export function claimsOfTest(ancestorTitles, title) {
  const titles = [...ancestorTitles, title];
  const byId = new Map();
  for (const text of titles) for (const claim of parseClaims(text)) byId.set(claim.id, claim);
  const around = taggedVersions(titles);
  return [...byId.values()].map((claim) => ({ ...claim, versions: claim.versions ?? around }));
}
