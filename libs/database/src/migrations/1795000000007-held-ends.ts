import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ends of reservations that wait for the result of a request. */
export class HeldEnds1795000000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE reservation ADD COLUMN held_end text, ADD COLUMN held_end_at timestamptz',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE reservation DROP COLUMN held_end, DROP COLUMN held_end_at',
    );
  }
}
