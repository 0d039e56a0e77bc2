import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Who did what to the gateway, and every handshake. Lines are added, never changed; a trigger sees to it. */
@Entity('audit_entry')
@Index('ix_audit_entry_at', ['at'])
@Index('ix_audit_entry_connection', ['connectionId', 'id'])
export class AuditEntryEntity {
  @PrimaryGeneratedColumn('increment', {
    type: 'bigint',
    primaryKeyConstraintName: 'pk_audit_entry',
  })
  id: number;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at: Date;

  /** `key:alice`, `oidc:alice@example.com`, `partner:example-emsp`, `gateway`. */
  @Column('text')
  actor: string;

  @Column('text', { nullable: true })
  role: string | null;

  @Column('text', { name: 'source_address', nullable: true })
  sourceAddress: string | null;

  @Column('text', { name: 'request_id', nullable: true })
  requestId: string | null;

  /** `connection.pause`, `handshake.register`. */
  @Column('text')
  action: string;

  /** May outlive the connection. */
  @Column('text', { name: 'connection_id', nullable: true })
  connectionId: string | null;

  @Column('text')
  subject: string;

  @Column('text')
  outcome: 'done' | 'refused' | 'failed';

  @Column('text', { nullable: true })
  reason: string | null;

  /** Without secrets. */
  @Column('jsonb', { default: {} })
  details: Record<string, unknown>;
}
