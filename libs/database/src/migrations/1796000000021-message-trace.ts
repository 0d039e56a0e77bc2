import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE connection ADD COLUMN traced_until timestamptz`,
  `CREATE TABLE partner_message (
      id bigserial NOT NULL,
      connection_id text NOT NULL,
      at timestamptz NOT NULL,
      direction text NOT NULL,
      module text,
      method text NOT NULL,
      url text NOT NULL,
      http_status integer,
      ocpi_status integer,
      failure text,
      duration_ms integer NOT NULL,
      request_id text,
      correlation_id text,
      request_headers jsonb NOT NULL,
      request_body text,
      response_headers jsonb,
      response_body text,
      size integer NOT NULL,
      CONSTRAINT pk_partner_message PRIMARY KEY (id)
    )`,
  `CREATE INDEX ix_partner_message_connection ON partner_message (connection_id, id)`,
  `CREATE INDEX ix_partner_message_at ON partner_message (at)`,
];

const DOWN = [`DROP TABLE partner_message`, `ALTER TABLE connection DROP COLUMN traced_until`];

/** What is exchanged with a partner, kept while its trace is on. */
export class MessageTrace1796000000021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
