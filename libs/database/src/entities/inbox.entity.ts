import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event that was taken on: MD5 of (source, id) as a UUID. Repeats are dropped while it is remembered (D3). */
@Entity('inbox')
@Index('ix_inbox_received_at', ['receivedAt'])
export class InboxEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_inbox' })
  digest: string;

  @Column('timestamptz', { name: 'received_at', default: () => 'now()' })
  receivedAt: Date;
}
