import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE audit_entry (
      id bigserial NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      actor text NOT NULL,
      role text,
      source_address text,
      request_id text,
      action text NOT NULL,
      connection_id text,
      subject text NOT NULL,
      outcome text NOT NULL,
      reason text,
      details jsonb NOT NULL DEFAULT '{}',
      CONSTRAINT pk_audit_entry PRIMARY KEY (id)
    )`,
  `CREATE INDEX ix_audit_entry_at ON audit_entry (at)`,
  `CREATE INDEX ix_audit_entry_connection ON audit_entry (connection_id, id)`,
  // Against mistakes of ours: who owns the table can take the trigger away.
  `CREATE FUNCTION keep_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.at < now() - interval '7 days' THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'entries of the audit log are never changed, and not deleted before a week';
    END $$`,
  `CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry
     FOR EACH ROW EXECUTE FUNCTION keep_audit_entry()`,
];

const DOWN = [`DROP TABLE audit_entry`, `DROP FUNCTION keep_audit_entry()`];

/** Who did what to the gateway. */
export class AuditEntry1796000000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
