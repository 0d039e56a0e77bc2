import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who reads the outbox, and how far: `kafka`, or the name of an HTTP client. */
@Entity('csms_subscriber')
export class CsmsSubscriberEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_csms_subscriber' })
  name: string;

  @Column('bigint', { name: 'cursor_xid' })
  cursorXid: number;

  @Column('bigint', { name: 'cursor_seq' })
  cursorSeq: number;

  @Column('text', { nullable: true })
  owner: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  @Column('integer', { default: 0 })
  failures: number;

  @Column('timestamptz', { name: 'resume_at', nullable: true })
  resumeAt: Date | null;

  @Column('text', { name: 'last_failure', nullable: true })
  lastFailure: string | null;
}
