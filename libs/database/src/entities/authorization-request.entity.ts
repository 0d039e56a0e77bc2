import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A question of the CSMS that came as an event, until and after it is answered: any process may take it up (P1). */
@Entity('authorization_request')
@Index('ix_authorization_request_open', ['receivedAt'], { where: 'answered_at IS NULL' })
@Index('ix_authorization_request_answered', ['answeredAt'], { where: 'answered_at IS NOT NULL' })
export class AuthorizationRequestEntity {
  @PrimaryColumn('text', {
    name: 'party_key',
    primaryKeyConstraintName: 'pk_authorization_request',
  })
  partyKey: string;

  /** The CSMS's `authorization_id`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_authorization_request' })
  id: string;

  /** The question, JSON text. */
  @Column('text')
  body: string;

  @Column('timestamptz')
  deadline: Date;

  @Column('timestamptz', { name: 'received_at', default: () => 'now()' })
  receivedAt: Date;

  /** A process is at it until then. */
  @Column('timestamptz', { name: 'taken_until', nullable: true })
  takenUntil: Date | null;

  @Column('timestamptz', { name: 'answered_at', nullable: true })
  answeredAt: Date | null;

  /** The decision, JSON text. */
  @Column('text', { nullable: true })
  answer: string | null;

  /** W3C Trace Context of the work of the question; null while no traces are made. */
  @Column('text', { nullable: true })
  traceparent: string | null;
}
