import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['change', 'csms_message', 'command', 'authorization_request'];

/** The trace goes on where one process leaves work to another. */
export class Traceparents1796000000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await queryRunner.query(`ALTER TABLE ${table} ADD COLUMN traceparent text`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN traceparent`);
    }
  }
}
