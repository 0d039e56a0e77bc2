import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES = [
  ['ix_session_delivery_session', 'session_delivery (session_id)'],
  ['ix_cdr_receipt_cdr', 'cdr_receipt (cdr_id)'],
  ['ix_reservation_ended', 'reservation (ended_at) WHERE ended_at IS NOT NULL'],
  [
    'ix_authorization_request_answered',
    'authorization_request (answered_at) WHERE answered_at IS NOT NULL',
  ],
] as const;

/** What is kept long enough is found without reading whole tables. Nobody who writes waits for the indexes. */
export class RetentionIndexes1796000000040 implements MigrationInterface {
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, on] of INDEXES) {
      // One that was left half built by a process that died.
      await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await queryRunner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name] of INDEXES) {
      await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    }
  }
}
