import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** An object that a partner refused: the feed went on, an operator can redrive it (D2). One row per (partner, object). */
@Entity('parked_push')
@Index('ux_parked_push', ['connectionId', 'kind', 'objectId'], { unique: true })
export class ParkedPushEntity {
  @PrimaryGeneratedColumn('increment', {
    type: 'bigint',
    primaryKeyConstraintName: 'pk_parked_push',
  })
  id: number;

  @Column('text', { name: 'connection_id' })
  connectionId: string;

  /** `location` also stands for its EVSEs and Connectors: the cure is a PUT of the Location. */
  @Column('text')
  kind: 'location' | 'tariff' | 'session' | 'cdr';

  @Column('bigint', { name: 'object_id' })
  objectId: number;

  /** `NL*AAA/LOC1`, for people. */
  @Column('text', { name: 'object_name' })
  objectName: string;

  @Column('text')
  reason: string;

  @Column('integer', { name: 'http_status', nullable: true })
  httpStatus: number | null;

  @Column('integer', { name: 'ocpi_status', nullable: true })
  ocpiStatus: number | null;

  @Column('integer', { default: 1 })
  attempts: number;

  @Column('timestamptz', { name: 'parked_at', default: () => 'now()' })
  parkedAt: Date;
}
