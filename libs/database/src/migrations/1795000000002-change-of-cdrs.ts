import type { MigrationInterface, QueryRunner } from 'typeorm';

/** CDRs behind the cursor of a feed are counted without reading all that is behind it. */
export class ChangeOfCdrs1795000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX ix_change_cdr ON change (xid, seq) WHERE kind = 'cdr'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX ix_change_cdr');
  }
}
