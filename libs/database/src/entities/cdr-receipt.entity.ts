import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a partner owes us an acknowledgement for: `owed` until it is `delivered` or `parked` (D2, P7, TRN-68). */
@Entity('cdr_receipt')
@Index('ix_cdr_receipt_open', ['connectionId', 'state'])
@Index('ix_cdr_receipt_cdr', ['cdrId'])
export class CdrReceiptEntity {
  @PrimaryColumn('text', { name: 'connection_id', primaryKeyConstraintName: 'pk_cdr_receipt' })
  connectionId: string;

  @PrimaryColumn('bigint', { name: 'cdr_id', primaryKeyConstraintName: 'pk_cdr_receipt' })
  cdrId: number;

  @Column('text', { default: 'owed' })
  state: 'owed' | 'delivered' | 'parked' | 'withheld' | 'pull_only';

  @Column('integer', { default: 0 })
  attempts: number;

  /** Header `Location` of the answer, resolved (CDR-05). */
  @Column('text', { name: 'location_url', nullable: true })
  locationUrl: string | null;

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
