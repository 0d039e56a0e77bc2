import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last request to a partner about an object, and its answer. For people; written in batches, may miss the last second. */
@Entity('exchange')
export class ExchangeEntity {
  @PrimaryColumn('text', { name: 'connection_id', primaryKeyConstraintName: 'pk_exchange' })
  connectionId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_exchange' })
  kind: string;

  /** `NL*AAA/LOC1/3256`. */
  @PrimaryColumn('text', { name: 'object_name', primaryKeyConstraintName: 'pk_exchange' })
  objectName: string;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  method: string;

  @Column('text')
  url: string;

  /** At most 8,000 characters. */
  @Column('text', { nullable: true })
  request: string | null;

  @Column('integer', { name: 'http_status', nullable: true })
  httpStatus: number | null;

  @Column('integer', { name: 'ocpi_status', nullable: true })
  ocpiStatus: number | null;

  @Column('text', { nullable: true })
  response: string | null;

  @Column('integer', { name: 'duration_ms' })
  durationMs: number;

  @Column('text')
  outcome: string;

  @Column('text', { name: 'request_id', nullable: true })
  requestId: string | null;
}
