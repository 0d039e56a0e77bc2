import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the audit log is never emptied';
    END $$`,
  // TRUNCATE passes by triggers of rows.
  `CREATE TRIGGER audit_log_kept BEFORE TRUNCATE ON audit_entry
     FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log()`,
];

const DOWN = [`DROP TRIGGER audit_log_kept ON audit_entry`, `DROP FUNCTION keep_audit_log()`];

/** The audit log cannot be emptied at once. */
export class AuditEntryTruncate1796000000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
