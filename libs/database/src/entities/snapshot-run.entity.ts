import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A CSMS stating its whole network of one kind for one party. Nothing is removed before all it stated is stored (D3). */
@Entity('snapshot_run')
export class SnapshotRunEntity {
  @PrimaryColumn('text', { name: 'party_key', primaryKeyConstraintName: 'pk_snapshot_run' })
  partyKey: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_snapshot_run' })
  kind: 'location' | 'tariff';

  @PrimaryColumn('text', { name: 'snapshot_id', primaryKeyConstraintName: 'pk_snapshot_run' })
  snapshotId: string;

  @Column('text')
  source: string;

  @Column('timestamptz', { name: 'began_at' })
  beganAt: Date;

  /** Stated by the end event; null until it came. */
  @Column('integer', { nullable: true })
  count: number | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt: Date | null;

  /** Objects that were missing and taken away, once completed. */
  @Column('integer', { nullable: true })
  removed: number | null;
}
