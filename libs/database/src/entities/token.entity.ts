import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A driver's token as its eMSP stated it. Key: owner, uid without case, type (TOK-12). Never deleted (TOK-10). */
@Entity('token')
@Index('ux_token_key', ['partyKey', 'uidKey', 'type'], { unique: true })
@Index('ix_token_uid', ['uidKey'])
@Index('ix_token_connection', ['connectionId'])
export class TokenEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'pk_token' })
  id: number;

  /** The connection that stated it last. */
  @Column('text', { name: 'connection_id' })
  connectionId: string;

  @Column('text', { name: 'party_key' })
  partyKey: string;

  @Column('text', { name: 'uid_key' })
  uidKey: string;

  @Column('text')
  type: string;

  /** Canonical 2.3.0 Token as JSON text. */
  @Column('text')
  body: string;

  @Column('boolean')
  valid: boolean;

  @Column({ type: 'timestamptz', name: 'last_updated', precision: 3 })
  lastUpdated: Date;

  @Column('timestamptz', { name: 'received_at', default: () => 'now()' })
  receivedAt: Date;
}
