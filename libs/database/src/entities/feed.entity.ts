import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A connection's cursor into the change log, its lease and its breaker: shared by all replicas (D2). */
@Entity('feed')
export class FeedEntity {
  @PrimaryColumn('text', { name: 'connection_id', primaryKeyConstraintName: 'pk_feed' })
  connectionId: string;

  @Column('bigint', { name: 'cursor_xid' })
  cursorXid: number;

  @Column('bigint', { name: 'cursor_seq' })
  cursorSeq: number;

  /** Null when live. Else where the walk over all visible objects stands: `{"kind":"location","afterId":120}`. */
  @Column('jsonb', { nullable: true })
  snapshot: { kind: string; afterId: number } | null;

  /** Fencing token of the process that works this feed. */
  @Column('text', { nullable: true })
  owner: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  /** Failures in a row; 0 = closed breaker. */
  @Column('integer', { default: 0 })
  failures: number;

  @Column('timestamptz', { name: 'resume_at', nullable: true })
  resumeAt: Date | null;

  @Column('text', { name: 'last_failure', nullable: true })
  lastFailure: string | null;

  @Column('timestamptz', { name: 'last_success_at', nullable: true })
  lastSuccessAt: Date | null;

  /** Wakes the owner on operator actions: counts up on pause, resume, resync, redrive. */
  @Column('integer', { default: 0 })
  generation: number;
}
