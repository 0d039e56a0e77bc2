import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A CSMS event that waits for its parent (`held`) or could not be processed (`parked`), with its raw bytes (D3). */
@Entity('parked_event')
@Index('ix_parked_event_parent', ['parentKey'])
@Index('ix_parked_event_expiry', ['state', 'expiresAt'])
export class ParkedEventEntity {
  @PrimaryGeneratedColumn('increment', {
    type: 'bigint',
    primaryKeyConstraintName: 'pk_parked_event',
  })
  id: number;

  @Column('text')
  state: 'held' | 'parked';

  /** CloudEvents attributes, as far as they could be read. */
  @Column('text', { nullable: true })
  source: string | null;

  @Column('text', { name: 'event_id', nullable: true })
  eventId: string | null;

  @Column('text', { nullable: true })
  type: string | null;

  @Column('text', { nullable: true })
  subject: string | null;

  /** What it waits for: `location:NL*AAA/LOC1`, `session:NL*AAA/S1`, `snapshot:…`. */
  @Column('text', { name: 'parent_key', nullable: true })
  parentKey: string | null;

  @Column('text')
  reason: string;

  @Column('text')
  binding: 'kafka' | 'http';

  /** Where it came from: topic, partition, offset, key, headers; or the HTTP client's name. */
  @Column('jsonb')
  origin: Record<string, unknown>;

  @Column('bytea')
  raw: Buffer;

  @Column('integer', { default: 1 })
  attempts: number;

  @Column('timestamptz', { name: 'received_at', default: () => 'now()' })
  receivedAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;
}
