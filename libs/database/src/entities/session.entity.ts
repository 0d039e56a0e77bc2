import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A canonical Session. `tokenPartyKey` is whom it belongs to: nobody else ever sees it (SES-03, SES-12). */
@Entity('session')
@Index('ux_session_key', ['partyKey', 'sessionKey'], { unique: true })
@Index('ix_session_audience', ['tokenPartyKey', 'id'])
@Index('ix_session_last_updated', ['lastUpdated'])
@Index('ix_session_active', ['partyKey'], { where: "status = 'ACTIVE'" })
export class SessionEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'pk_session' })
  id: number;

  @Column('text', { name: 'party_key' })
  partyKey: string;

  @Column('text', { name: 'session_key' })
  sessionKey: string;

  @Column('text', { name: 'token_party_key' })
  tokenPartyKey: string;

  @Column('text')
  body: string;

  /** Canonical Location with the one EVSE and Connector in use, as at the session's start (SES-35, CDR-26). */
  @Column('text', { name: 'location_snapshot', nullable: true })
  locationSnapshot: string | null;

  @Column('text')
  status: string;

  @Column({ type: 'timestamptz', name: 'last_updated', precision: 3 })
  lastUpdated: Date;

  @Column({ type: 'timestamptz', name: 'guard_time', precision: 3 })
  guardTime: Date;

  @Column('bigint', { name: 'guard_sequence', nullable: true })
  guardSequence: number | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
