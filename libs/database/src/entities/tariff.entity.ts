import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A canonical Tariff. A withdrawn one keeps its row (`deletedAt`), so that old CDRs and late events still find it. */
@Entity('tariff')
@Index('ux_tariff_key', ['partyKey', 'tariffKey'], { unique: true })
export class TariffEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'pk_tariff' })
  id: number;

  @Column('text', { name: 'party_key' })
  partyKey: string;

  @Column('text', { name: 'tariff_key' })
  tariffKey: string;

  @Column('text')
  body: string;

  @Column({ type: 'timestamptz', name: 'last_updated', precision: 3 })
  lastUpdated: Date;

  @Column({ type: 'timestamptz', name: 'guard_time', precision: 3 })
  guardTime: Date;

  @Column('bigint', { name: 'guard_sequence', nullable: true })
  guardSequence: number | null;

  @Column('text', { name: 'snapshot_id', nullable: true })
  snapshotId: string | null;

  /** Of a Tariff with current limits: the voltage that all its connectors share, when all are AC; 2.1.1 needs it. */
  @Column('integer', { name: 'ac_voltage', nullable: true })
  acVoltage: number | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
