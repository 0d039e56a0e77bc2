import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE charging_profile
     ADD COLUMN push_after timestamptz NOT NULL DEFAULT now(),
     ADD COLUMN push_attempts integer NOT NULL DEFAULT 0,
     ADD COLUMN guard_time timestamptz(3),
     ADD COLUMN guard_sequence bigint`,
  `CREATE INDEX ix_charging_profile_due ON charging_profile (push_after) WHERE due_push IS NOT NULL`,
];

const DOWN = [
  `DROP INDEX ix_charging_profile_due`,
  `ALTER TABLE charging_profile DROP COLUMN push_after, DROP COLUMN push_attempts, DROP COLUMN guard_time,
     DROP COLUMN guard_sequence`,
];

/** When changes of charging profiles are pushed, and which event they are of. */
export class ChargingProfilePushes1795000000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
