import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A request and its answer, exchanged with a partner while its trace was on; tokens masked. For people; may miss some. */
@Entity('partner_message')
@Index('ix_partner_message_connection', ['connectionId', 'id'])
@Index('ix_partner_message_at', ['at'])
export class PartnerMessageEntity {
  @PrimaryGeneratedColumn('increment', {
    type: 'bigint',
    primaryKeyConstraintName: 'pk_partner_message',
  })
  id: number;

  @Column('text', { name: 'connection_id' })
  connectionId: string;

  /** When the request began. */
  @Column('timestamptz')
  at: Date;

  /** `in`: the partner asked. */
  @Column('text')
  direction: 'in' | 'out';

  /** Identifier of the OCPI module, or `versions`; null where the URL does not tell. */
  @Column('text', { nullable: true })
  module: string | null;

  @Column('text')
  method: string;

  @Column('text')
  url: string;

  /** Null: no answer. */
  @Column('integer', { name: 'http_status', nullable: true })
  httpStatus: number | null;

  @Column('integer', { name: 'ocpi_status', nullable: true })
  ocpiStatus: number | null;

  /** Why there was no answer. */
  @Column('text', { nullable: true })
  failure: string | null;

  @Column('integer', { name: 'duration_ms' })
  durationMs: number;

  @Column('text', { name: 'request_id', nullable: true })
  requestId: string | null;

  @Column('text', { name: 'correlation_id', nullable: true })
  correlationId: string | null;

  @Column('jsonb', { name: 'request_headers' })
  requestHeaders: Record<string, string>;

  /** A cut body says at its end how long it was. */
  @Column('text', { name: 'request_body', nullable: true })
  requestBody: string | null;

  @Column('jsonb', { name: 'response_headers', nullable: true })
  responseHeaders: Record<string, string> | null;

  @Column('text', { name: 'response_body', nullable: true })
  responseBody: string | null;

  /** What it takes, about, in characters. */
  @Column('integer')
  size: number;
}
