import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

export type CallbackState =
  /** Its command is open. */
  | 'waiting'
  /** To be sent. */
  | 'due'
  /** Marked before it is sent: a process that dies here leaves it unknown, and it is not repeated (P8, CMD-23). */
  | 'sending'
  | 'delivered'
  | 'refused'
  | 'failed'
  | 'unknown';

/** The one result that a `response_url` gets (CMD-17). */
@Entity('command_callback')
@Index('ux_command_callback_url', ['commandId', 'responseUrl', 'purpose'], { unique: true })
@Index('ix_command_callback_due', ['id'], { where: "state IN ('due', 'sending')" })
export class CommandCallbackEntity {
  @PrimaryGeneratedColumn('increment', {
    type: 'bigint',
    primaryKeyConstraintName: 'pk_command_callback',
  })
  id: number;

  @Column('uuid', { name: 'command_id' })
  commandId: string;

  /** The result, or the later cancellation of the reservation it made (CMD-66). */
  @Column('text', { default: 'result' })
  purpose: 'result' | 'cancellation';

  /** Byte by byte as it came (CMD-17). */
  @Column('text', { name: 'response_url' })
  responseUrl: string;

  /** Of the request that named the URL. */
  @Column('text', { name: 'correlation_id', nullable: true })
  correlationId: string | null;

  @Column('text', { default: 'waiting' })
  state: CallbackState;

  /** What is or was sent. */
  @Column('text', { nullable: true })
  body: string | null;

  /** After this it is not sent any more. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt: Date | null;

  /** How it ended, for people. */
  @Column('text', { nullable: true })
  note: string | null;
}
