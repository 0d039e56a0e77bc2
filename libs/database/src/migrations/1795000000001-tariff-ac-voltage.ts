import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tariffs know the voltage that their connectors share. */
export class TariffAcVoltage1795000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tariff ADD COLUMN ac_voltage integer');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tariff DROP COLUMN ac_voltage');
  }
}
