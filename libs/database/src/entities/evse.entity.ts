import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** An EVSE's static part. Its status lives in `evse_state`, so that a status change rewrites 60 bytes, not 2,000. */
@Entity('evse')
@Index('ux_evse_key', ['locationId', 'evseKey'], { unique: true })
export class EvseEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'pk_evse' })
  id: number;

  @Column('bigint', { name: 'location_id' })
  locationId: number;

  /** Folded `uid`. */
  @Column('text', { name: 'evse_key' })
  evseKey: string;

  @Column('text')
  uid: string;

  /** Place in the Location's list. */
  @Column('integer')
  position: number;

  /** Canonical EVSE as JSON text, without `status` and `last_updated`. */
  @Column('text')
  body: string;

  @Column('text', { nullable: true })
  v211: string | null;

  @Column('text', { nullable: true })
  v221: string | null;

  @Column('text', { nullable: true })
  v230: string | null;
}
