import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Locations know which rendering their stored text is of; those from before are rendered anew once. */
export class LocationRendering1795000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE location ADD COLUMN rendering integer NOT NULL DEFAULT 0');
    await queryRunner.query('CREATE INDEX ix_location_rendering ON location (rendering)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE location DROP COLUMN rendering');
  }
}
