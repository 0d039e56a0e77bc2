import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What runs now is asked for before a connector is unlocked. */
export class ActiveSessions1795000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX ix_session_active ON session (party_key) WHERE status = 'ACTIVE'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX ix_session_active');
  }
}
