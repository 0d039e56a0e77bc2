import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Who limits a Session, and by which of the station's profile ids: one owner and one profile per Session (CHP-21, CHP-36). */
@Entity('charging_profile')
@Index('ux_charging_profile_session', ['partyKey', 'sessionKey'], { unique: true })
@Index('ix_charging_profile_due', ['pushAfter'], { where: 'due_push IS NOT NULL' })
export class ChargingProfileEntity {
  /** 1 to 2³¹ − 1. */
  @PrimaryGeneratedColumn('increment', {
    type: 'bigint',
    primaryKeyConstraintName: 'pk_charging_profile',
  })
  number: number;

  @Column('text', { name: 'party_key' })
  partyKey: string;

  @Column('text', { name: 'session_key' })
  sessionKey: string;

  /** As the Session spells it. */
  @Column('text', { name: 'session_id' })
  sessionId: string;

  @Column('text', { name: 'connection_id' })
  connectionId: string;

  @Column('text', { name: 'sender_key' })
  senderKey: string;

  /** The profile in force, canonical JSON text; null when none is. */
  @Column('text', { nullable: true })
  profile: string | null;

  /** One PUT of the owner was successful: changes are told from then on, even after its DELETE (CHP-28, CHP-38). */
  @Column('boolean', { name: 'is_told', default: false })
  isTold: boolean;

  /** A change to be told, canonical ActiveChargingProfile as JSON text; null when there is none. */
  @Column('text', { name: 'due_push', nullable: true })
  duePush: string | null;

  /** It is not sent before: the end of the lease of whoever sends it, or of the pause after a failure. */
  @Column('timestamptz', { name: 'push_after', default: () => 'now()' })
  pushAfter: Date;

  @Column('integer', { name: 'push_attempts', default: 0 })
  pushAttempts: number;

  /** Of the newest event that said what limits the Session. */
  @Column({ type: 'timestamptz', name: 'guard_time', precision: 3, nullable: true })
  guardTime: Date | null;

  @Column('bigint', { name: 'guard_sequence', nullable: true })
  guardSequence: number | null;

  /** Receipt of the request that `profile` is of: results may come in another order. */
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
