import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a partner may ask of the CSMS. */
export type CommandKind =
  | 'START_SESSION'
  | 'STOP_SESSION'
  | 'RESERVE_NOW'
  | 'CANCEL_RESERVATION'
  | 'UNLOCK_CONNECTOR'
  | 'SET_CHARGING_PROFILE'
  | 'CLEAR_CHARGING_PROFILE'
  | 'GET_CHARGING_PROFILE'
  | 'SET_CHARGING_PREFERENCES';

/**
 * A partner's request that was accepted: one durable state machine from the HTTP answer to its one outcome (P8). Open
 * while `outcome` is null; at `deadline` it ends as TIMEOUT, whatever process is alive then.
 */
@Entity('command')
@Index('ux_command_open', ['dedupeKey'], { unique: true, where: 'outcome IS NULL' })
@Index('ix_command_deadline', ['deadline'], { where: 'outcome IS NULL' })
@Index('ix_command_received_at', ['receivedAt'])
@Index('ix_command_driver', ['partyKey', 'driverKey', 'receivedAt'])
@Index('ix_command_session', ['partyKey', 'sessionKey'])
export class CommandEntity {
  /** Also the CSMS's `command_id`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_command' })
  id: string;

  @Column('text')
  kind: CommandKind;

  @Column('text', { name: 'connection_id' })
  connectionId: string;

  /** Of the endpoint that was called: the result has its shape (CMD-26). */
  @Column('text')
  version: '2.1.1' | '2.2.1' | '2.3.0';

  /** The hosted party addressed. */
  @Column('text', { name: 'party_key' })
  partyKey: string;

  /** The partner's party that asked. */
  @Column('text', { name: 'sender_key' })
  senderKey: string;

  @Column('text', { name: 'location_key', nullable: true })
  locationKey: string | null;

  @Column('text', { name: 'evse_key', nullable: true })
  evseKey: string | null;

  @Column('text', { name: 'session_key', nullable: true })
  sessionKey: string | null;

  @Column('bigint', { name: 'reservation_number', nullable: true })
  reservationNumber: number | null;

  /** Folded uid of the token to charge with: what a station shows soon after is authorised by it (CMD-40, CMD-41). */
  @Column('text', { name: 'driver_key', nullable: true })
  driverKey: string | null;

  /** Same partner, command, target and token: a repeat while it is open acts once (CMD-28). */
  @Column('text', { name: 'dedupe_key' })
  dedupeKey: string;

  /** The canonical command, JSON text. */
  @Column('text')
  body: string;

  @Column('timestamptz', { name: 'received_at', default: () => 'now()' })
  receivedAt: Date;

  /** When TIMEOUT is told. */
  @Column('timestamptz')
  deadline: Date;

  @Column('timestamptz', { name: 'taken_on_at', nullable: true })
  takenOnAt: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  /** Canonical result; null while open. */
  @Column('text', { nullable: true })
  outcome: string | null;

  /** The CSMS's result as it came, JSON text; also of one that came too late. */
  @Column('text', { nullable: true })
  result: string | null;

  /** Results that were dropped: late, double. */
  @Column('integer', { name: 'dropped_results', default: 0 })
  droppedResults: number;

  /** W3C Trace Context of the work of the partner, for its callbacks; null while no traces are made. */
  @Column('text', { nullable: true })
  traceparent: string | null;
}
