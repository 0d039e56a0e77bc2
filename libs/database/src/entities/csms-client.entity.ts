import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A CSMS on the HTTP binding: its key (hashed), and the parties and sources it may write for. */
@Entity('csms_client')
@Index('ux_csms_client_key', ['keyHash'], { unique: true })
export class CsmsClientEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_csms_client' })
  name: string;

  @Column('bytea', { name: 'key_hash' })
  keyHash: Buffer;

  /** Party keys. */
  @Column('text', { array: true })
  parties: string[];

  /** CloudEvents sources; empty = any. */
  @Column('text', { array: true })
  sources: string[];

  /** Where requests are sent; null = the client asks by long poll. */
  @Column('text', { name: 'webhook_url', nullable: true })
  webhookUrl: string | null;

  /** Encrypted secret that signs webhook calls. */
  @Column('bytea', { name: 'webhook_secret', nullable: true })
  webhookSecret: Buffer | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
