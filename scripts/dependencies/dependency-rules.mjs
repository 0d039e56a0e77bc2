/** Licences that oblige us to nothing but naming the authors. */
const ALLOWED_LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
];

/** What is installed in production whose licence is not allowed, or is not stated. `lock`: package-lock.json, parsed. */
export function licenceProblems(lock, allowed = ALLOWED_LICENCES) {
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .filter(([, { license }]) => !isAllowed(license, allowed))
    .map(
      ([path, { version, license }]) =>
        `${nameOf(path)}@${version}: licence ${license ?? 'not stated'} is not on the list`,
    );
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** An SPDX expression: of several licences to choose from one must be allowed, of several that hold together all. */
function isAllowed(expression, allowed) {
  if (typeof expression !== 'string') return false;
  const text = expression.trim().replace(/^\(([^()]*)\)$/, '$1');
  if (/[()]/.test(text)) return false; // nobody nests them; a person has to look
  return text
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((name) => allowed.includes(name.trim())));
}

/**
 * Known vulnerabilities that nobody accepted, and acceptances that ran out or that nothing needs. `audit`: the answer of
 * `npm audit --json`; `accepted`: advisories by id, each with a reason and a date.
 */
export function advisoryProblems(audit, accepted, today) {
  const found = advisoriesOf(audit);
  const open = found
    .filter(({ id }) => !(id in accepted))
    .map(({ id, name, severity, title }) => `${name}: ${id} (${severity}) ${title}`);
  const stale = Object.keys(accepted)
    .filter((id) => !found.some((advisory) => advisory.id === id))
    .map((id) => `${id} is accepted, and no dependency has it any more: remove it`);
  return [...open, ...stale, ...acceptanceProblems(accepted, today)];
}

/** What is wrong with the acceptances by themselves. */
export function acceptanceProblems(accepted, today) {
  return Object.entries(accepted).flatMap(([id, { reason = '', until = '' }]) => {
    if (reason.trim() === '') return [`${id} is accepted without a reason`];
    if (!/^\d{4}-\d{2}-\d{2}$/.test(until)) return [`${id} is accepted without a date`];
    return until < today ? [`${id} was accepted until ${until}: look again`] : [];
  });
}

/** Each advisory once, whatever depends on the package that has it. */
function advisoriesOf({ vulnerabilities = {} }) {
  const byId = new Map();
  for (const { via } of Object.values(vulnerabilities)) {
    for (const cause of via) {
      if (typeof cause === 'string') continue; // another package of the list
      const id = /GHSA-[\w-]+/.exec(cause.url ?? '')?.[0] ?? String(cause.source);
      byId.set(id, { id, name: cause.name, severity: cause.severity, title: cause.title });
    }
  }
  return [...byId.values()];
}
