import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A party reached over a connection. Sessions and CDRs find their way by it. */
@Entity('remote_party')
@Index('ix_remote_party_key', ['partyKey'])
export class RemotePartyEntity {
  @PrimaryColumn('text', { name: 'connection_id', primaryKeyConstraintName: 'pk_remote_party' })
  connectionId: string;

  @PrimaryColumn('text', { name: 'party_key', primaryKeyConstraintName: 'pk_remote_party' })
  partyKey: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_remote_party' })
  role: string;

  @Column('text', { name: 'country_code' })
  countryCode: string;

  @Column('text', { name: 'party_id' })
  partyId: string;

  @Column('jsonb', { name: 'business_details', nullable: true })
  businessDetails: Record<string, unknown> | null;
}
