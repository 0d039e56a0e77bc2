import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What changes often about an EVSE, with its own version guard: a Location stated late never undoes a newer status (D3). */
@Entity('evse_state')
export class EvseStateEntity {
  @PrimaryColumn('bigint', { name: 'evse_id', primaryKeyConstraintName: 'pk_evse_state' })
  evseId: number;

  @Column('bigint', { name: 'location_id' })
  locationId: number;

  @Column('text')
  status: string;

  @Column({ type: 'timestamptz', name: 'last_updated', precision: 3 })
  lastUpdated: Date;

  @Column({ type: 'timestamptz', name: 'guard_time', precision: 3 })
  guardTime: Date;

  @Column('bigint', { name: 'guard_sequence', nullable: true })
  guardSequence: number | null;
}
