import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A canonical CDR: final and immutable (CDR-07). */
@Entity('cdr')
@Index('ux_cdr_key', ['partyKey', 'cdrKey'], { unique: true })
@Index('ix_cdr_audience', ['tokenPartyKey', 'id'])
@Index('ix_cdr_last_updated', ['lastUpdated'])
export class CdrEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'pk_cdr' })
  id: number;

  @Column('text', { name: 'party_key' })
  partyKey: string;

  @Column('text', { name: 'cdr_key' })
  cdrKey: string;

  @Column('text', { name: 'token_party_key' })
  tokenPartyKey: string;

  /** Folded `session_id`, where there is one. */
  @Column('text', { name: 'session_key', nullable: true })
  sessionKey: string | null;

  @Column('text')
  body: string;

  @Column('text', { name: 'location_snapshot', nullable: true })
  locationSnapshot: string | null;

  @Column({ type: 'timestamptz', name: 'last_updated', precision: 3 })
  lastUpdated: Date;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
