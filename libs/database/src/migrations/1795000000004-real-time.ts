import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  'command',
  'command_callback',
  'reservation',
  'charging_profile',
  'token_alias',
  'authorization_request',
];

const UP = [
  `CREATE TABLE command (
      id uuid NOT NULL,
      kind text NOT NULL,
      connection_id text NOT NULL,
      version text NOT NULL,
      party_key text NOT NULL,
      sender_key text NOT NULL,
      location_key text,
      evse_key text,
      session_key text,
      reservation_number bigint,
      driver_key text,
      dedupe_key text NOT NULL,
      body text NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      deadline timestamptz NOT NULL,
      taken_on_at timestamptz,
      finished_at timestamptz,
      outcome text,
      result text,
      dropped_results integer NOT NULL DEFAULT 0,
      CONSTRAINT pk_command PRIMARY KEY (id)
    )`,
  `CREATE TABLE command_callback (
      id bigserial NOT NULL,
      command_id uuid NOT NULL,
      purpose text NOT NULL DEFAULT 'result',
      response_url text NOT NULL,
      correlation_id text,
      state text NOT NULL DEFAULT 'waiting',
      body text,
      expires_at timestamptz,
      sent_at timestamptz,
      note text,
      CONSTRAINT pk_command_callback PRIMARY KEY (id)
    )`,
  `CREATE TABLE reservation (
      number bigserial NOT NULL,
      connection_id text NOT NULL,
      party_key text NOT NULL,
      sender_key text NOT NULL,
      reservation_key text NOT NULL,
      location_key text NOT NULL,
      evse_key text,
      session_key text NOT NULL,
      driver_key text NOT NULL,
      body text NOT NULL,
      command_id uuid NOT NULL,
      state text NOT NULL DEFAULT 'pending',
      expiry_date timestamptz NOT NULL,
      ended_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_reservation PRIMARY KEY (number)
    )`,
  `CREATE TABLE charging_profile (
      number bigserial NOT NULL,
      party_key text NOT NULL,
      session_key text NOT NULL,
      session_id text NOT NULL,
      connection_id text NOT NULL,
      sender_key text NOT NULL,
      profile text,
      is_told boolean NOT NULL DEFAULT false,
      due_push text,
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_charging_profile PRIMARY KEY (number)
    )`,
  `CREATE TABLE token_alias (
      alias text NOT NULL,
      owner_key text NOT NULL,
      kind text NOT NULL,
      name text NOT NULL,
      token text,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_token_alias PRIMARY KEY (alias)
    )`,
  `CREATE TABLE authorization_request (
      party_key text NOT NULL,
      id text NOT NULL,
      body text NOT NULL,
      deadline timestamptz NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      taken_until timestamptz,
      answered_at timestamptz,
      answer text,
      CONSTRAINT pk_authorization_request PRIMARY KEY (party_key, id)
    )`,
  `CREATE INDEX ix_authorization_request_open ON authorization_request (received_at) WHERE answered_at IS NULL`,
  `CREATE INDEX ix_command_callback_due ON command_callback (id) WHERE state IN ('due', 'sending')`,
  `CREATE INDEX ix_command_deadline ON command (deadline) WHERE outcome IS NULL`,
  `CREATE INDEX ix_command_driver ON command (party_key, driver_key, received_at)`,
  `CREATE INDEX ix_command_received_at ON command (received_at)`,
  `CREATE INDEX ix_command_session ON command (party_key, session_key)`,
  `CREATE INDEX ix_reservation_expiry ON reservation (expiry_date) WHERE state IN ('pending', 'active')`,
  `CREATE INDEX ix_reservation_session ON reservation (party_key, session_key)`,
  `CREATE UNIQUE INDEX ux_charging_profile_session ON charging_profile (party_key, session_key)`,
  `CREATE UNIQUE INDEX ux_command_callback_url ON command_callback (command_id, response_url, purpose)`,
  `CREATE UNIQUE INDEX ux_command_open ON command (dedupe_key) WHERE outcome IS NULL`,
  `CREATE UNIQUE INDEX ux_reservation_open ON reservation (party_key, sender_key, location_key, reservation_key)
      WHERE state IN ('pending', 'active')`,
  `CREATE UNIQUE INDEX ux_token_alias_name ON token_alias (owner_key, kind, name)`,
];

/** Commands and their callbacks, reservations, charging profiles, aliases of tokens, questions of authorization. */
export class RealTime1795000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
