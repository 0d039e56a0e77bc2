import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The outbox towards the CSMS: what the gateway has to say, in order per key (D3). Read like the change log. */
@Entity('csms_message')
@Index('ix_csms_message_at', ['at'])
export class CsmsMessageEntity {
  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'pk_csms_message',
    default: () => 'current_xid()',
  })
  xid: number;

  /** Also the CloudEvents `sequence`: per subject it only grows. */
  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'pk_csms_message',
    default: () => "nextval('csms_message_seq')",
  })
  seq: number;

  /** CloudEvents id. */
  @Column('uuid')
  id: string;

  @Column('text')
  type: string;

  @Column('text')
  subject: string;

  /** Kafka key, and the unit of order. */
  @Column('text')
  key: string;

  /** JSON text of the CloudEvent's data. */
  @Column('text')
  data: string;

  /** Hosted party it is meant for; null = every CSMS. */
  @Column('text', { name: 'party_key', nullable: true })
  partyKey: string | null;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at: Date;

  /** W3C Trace Context of the work that made the message; null while no traces are made. */
  @Column('text', { nullable: true })
  traceparent: string | null;
}
