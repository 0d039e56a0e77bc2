import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A Location without what changes often. `id` is the order of creation, which lists follow (TRN-25).
 * The effective `last_updated` is the newest of this row's and its EVSE states' (LOC-22): it is derived, never stored,
 * so that a status change writes one small row.
 */
@Entity('location')
@Index('ux_location_key', ['partyKey', 'locationKey'], { unique: true })
@Index('ix_location_location_key', ['locationKey'])
@Index('ix_location_rendering', ['rendering'])
@Index('ix_location_tariff_keys', { synchronize: false })
export class LocationEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'pk_location' })
  id: number;

  @Column('text', { name: 'party_key' })
  partyKey: string;

  /** Folded Location id. */
  @Column('text', { name: 'location_key' })
  locationKey: string;

  /** Canonical 2.3.0 Location as JSON text, without `evses` and `last_updated`. */
  @Column('text')
  body: string;

  @Column('boolean')
  publish: boolean;

  /** Folded ids of the tariffs that its connectors name. */
  @Column('text', { name: 'tariff_keys', array: true, default: () => "'{}'" })
  tariffKeys: string[];

  /** Rendered fragments per version (`fragmentLocation` of `#ocpi`); null = withheld in that version. */
  @Column('text', { nullable: true })
  v211: string | null;

  @Column('text', { nullable: true })
  v221: string | null;

  @Column('text', { nullable: true })
  v230: string | null;

  /** Which rendering the text per version is of, its EVSEs' too; what is older than the build's is rendered anew. */
  @Column('integer', { default: 0 })
  rendering: number;

  /** `last_updated` of the Location's own fields and of its EVSEs' static ones. */
  @Column({ type: 'timestamptz', name: 'last_updated', precision: 3 })
  lastUpdated: Date;

  /** Version guard of the Location's content (D3): what is older than this is dropped. */
  @Column({ type: 'timestamptz', name: 'guard_time', precision: 3 })
  guardTime: Date;

  @Column('bigint', { name: 'guard_sequence', nullable: true })
  guardSequence: number | null;

  /** The snapshot that stated this object last. */
  @Column('text', { name: 'snapshot_id', nullable: true })
  snapshotId: string | null;

  /** Set when the CSMS removed it: every EVSE is then REMOVED, and the Location stays readable (LOC-11, 12). */
  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
