import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A token that a partner may present to us, by its SHA-256 (P15). Unique over all connections (TRN-13). */
@Entity('connection_token')
@Index('ix_connection_token_connection', ['connectionId'])
export class ConnectionTokenEntity {
  @PrimaryColumn('bytea', { name: 'token_hash', primaryKeyConstraintName: 'pk_connection_token' })
  tokenHash: Buffer;

  @Column('text', { name: 'connection_id' })
  connectionId: string;

  /** `bootstrap` is a token A: good for versions, details and credentials only (TRN-12). */
  @Column('text')
  purpose: 'bootstrap' | 'full';

  /** `pending`: sent in a handshake of ours that is not answered yet; serves, and falls with it (CRD-21, 25). */
  @Column('text', { default: 'active' })
  state: 'active' | 'pending' | 'grace';

  /** When a `grace` or `pending` token stops to count (CRD-16). */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'first_used_at', nullable: true })
  firstUsedAt: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
