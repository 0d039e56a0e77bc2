import { type QueryRunner } from 'typeorm';
import { contractions } from './expand-only.js';
import { MIGRATIONS } from '../src/migrations/index.js';

/** Migrations from before there was a release. */
const UNRELEASED = 8;

/** A later migration that does more than add, with the reason why the release before it can live with that. */
const EXCEPTIONS: Record<string, string> = {};

async function statementsOf(migration: (typeof MIGRATIONS)[number]): Promise<string[]> {
  const statements: string[] = [];
  const runner = {
    query: (sql: string) => {
      statements.push(sql);
      return Promise.resolve([]);
    },
  };
  await new migration().up(runner as unknown as QueryRunner);
  return statements;
}

describe('migrations since the first release', () => {
  it.each(MIGRATIONS.slice(UNRELEASED).map((migration) => [migration.name, migration] as const))(
    '%s only adds: processes of the release before go on beside it',
    async (name, migration) => {
      const faults = contractions(await statementsOf(migration));

      if (name in EXCEPTIONS) expect(faults).not.toEqual([]);
      else expect(faults).toEqual([]);
    },
  );
});

describe('contractions', () => {
  it.each([
    'CREATE TABLE a (id bigint NOT NULL, CONSTRAINT pk_a PRIMARY KEY (id))',
    'CREATE SEQUENCE a_seq',
    'CREATE INDEX CONCURRENTLY ix_a ON a (b)',
    'ALTER TABLE a ADD COLUMN b text',
    'ALTER TABLE a ADD COLUMN b integer NOT NULL DEFAULT 0, ADD COLUMN c numeric(3, 1)',
    'ALTER TABLE a SET (autovacuum_vacuum_scale_factor = 0.02)',
    'CREATE TRIGGER t BEFORE TRUNCATE ON a FOR EACH STATEMENT EXECUTE FUNCTION f()',
  ])('finds nothing in %s', (statement) => expect(contractions([statement])).toEqual([]));

  it.each([
    'DROP TABLE a',
    'DROP INDEX ix_a',
    'ALTER TABLE a DROP COLUMN b',
    'ALTER TABLE a RENAME COLUMN b TO c',
    'ALTER TABLE a RENAME TO b',
    'ALTER TABLE a ALTER COLUMN b TYPE integer',
    'ALTER TABLE a ALTER COLUMN b SET NOT NULL',
    'ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)',
    'ALTER TABLE a ADD COLUMN b text NOT NULL',
    'ALTER TABLE a ADD COLUMN b text UNIQUE',
    'ALTER TABLE a ADD COLUMN b text, DROP COLUMN c',
    'CREATE UNIQUE INDEX ux_a ON a (b)',
    'CREATE INDEX ix_a ON a (b)',
    'CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f()',
    'CREATE TRIGGER t BEFORE TRUNCATE OR DELETE ON a EXECUTE FUNCTION f()',
    'UPDATE a SET b = 1',
    'DELETE FROM a',
    'TRUNCATE a',
  ])('finds %s', (statement) => expect(contractions([statement])).toHaveLength(1));

  it('lets a migration do what it likes with a table of its own', () => {
    const own = ['CREATE TABLE a (b text)', 'CREATE UNIQUE INDEX ux_a ON a (b)'];
    expect(contractions(own)).toEqual([]);
    expect(
      contractions([...own, 'CREATE TRIGGER t BEFORE UPDATE ON a EXECUTE FUNCTION f()']),
    ).toEqual([]);
  });

  it('lets an index that was left half built be built anew', () => {
    const drop = 'DROP INDEX CONCURRENTLY IF EXISTS ix_a';
    expect(contractions([drop, 'CREATE INDEX CONCURRENTLY ix_a ON a (b)'])).toEqual([]);
    expect(contractions([drop])).toHaveLength(1);
  });
});
