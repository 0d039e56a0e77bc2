/**
 * What of a migration's statements the code of the release before could not live with; none when they only add. Statements
 * that are not known to be harmless count as faults.
 */
export function contractions(statements: readonly string[]): string[] {
  const plain = statements.map((statement) => statement.replace(/\s+/g, ' ').trim());
  const created = new Set(
    plain.flatMap((statement) => /^CREATE TABLE (\w+)/i.exec(statement)?.[1] ?? []),
  );
  return plain.flatMap((statement) => {
    const fault = faultOf(statement, plain, created);
    return fault === undefined ? [] : [`${fault}: ${statement}`];
  });
}

function faultOf(
  statement: string,
  all: readonly string[],
  created: ReadonlySet<string>,
): string | undefined {
  const table =
    /^(?:ALTER TABLE|CREATE (?:UNIQUE )?INDEX .*? ON|CREATE TRIGGER .*? ON) (\w+)/i.exec(
      statement,
    )?.[1];
  if (table !== undefined && created.has(table)) return undefined; // nobody knows it yet
  if (/^CREATE (TABLE|SEQUENCE|FUNCTION) /i.test(statement)) return undefined;
  // Nothing of ours empties a table at once.
  if (/^CREATE TRIGGER \w+ BEFORE TRUNCATE ON /i.test(statement)) return undefined;
  if (/^CREATE UNIQUE INDEX /i.test(statement)) return 'refuses rows that the old code writes';
  if (/^CREATE INDEX CONCURRENTLY /i.test(statement)) return undefined;
  if (/^CREATE INDEX /i.test(statement)) return 'holds writers up while it is built: CONCURRENTLY';
  if (/^ALTER TABLE /i.test(statement)) return faultOfAlter(statement);
  const dropped = /^DROP INDEX CONCURRENTLY IF EXISTS (\w+)$/i.exec(statement)?.[1];
  const isBuiltAnew = (other: string) => other.startsWith(`CREATE INDEX CONCURRENTLY ${dropped} `);
  if (dropped !== undefined && all.some(isBuiltAnew)) return undefined;
  return 'not known to be harmless';
}

function faultOfAlter(statement: string): string | undefined {
  const actions = statement.replace(/^ALTER TABLE \w+ /i, '').split(/,(?![^(]*\)) ?/);
  for (const action of actions) {
    if (/^SET \((autovacuum_\w+|fillfactor) ?=/i.test(action)) continue;
    if (!/^ADD COLUMN /i.test(action)) return 'changes what the old code knows';
    if (/\b(UNIQUE|PRIMARY KEY|CHECK|REFERENCES)\b/i.test(action)) return 'refuses rows';
    if (/\bNOT NULL\b/i.test(action) && !/\bDEFAULT\b/i.test(action)) {
      return 'a column that the old code does not fill';
    }
  }
  return undefined;
}
