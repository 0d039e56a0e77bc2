import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a partner acknowledged last of a Session, on its wire: the base of the next PATCH (SES-14, 16). */
@Entity('session_delivery')
@Index('ix_session_delivery_session', ['sessionId'])
export class SessionDeliveryEntity {
  @PrimaryColumn('text', { name: 'connection_id', primaryKeyConstraintName: 'pk_session_delivery' })
  connectionId: string;

  @PrimaryColumn('bigint', { name: 'session_id', primaryKeyConstraintName: 'pk_session_delivery' })
  sessionId: number;

  /** JSON text of the acknowledged body; null = in doubt, so the next one is a PUT. */
  @Column('text', { nullable: true })
  acknowledged: string | null;

  @Column('timestamptz', { name: 'acknowledged_at', default: () => 'now()' })
  acknowledgedAt: Date;
}
