import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A CPO party we speak for. `partyKey` is `partyKey()` of `#ocpi`: `NL*AAA`, folded. */
@Entity('hosted_party')
export class HostedPartyEntity {
  @PrimaryColumn('text', { name: 'party_key', primaryKeyConstraintName: 'pk_hosted_party' })
  partyKey: string;

  @Column('text', { name: 'country_code' })
  countryCode: string;

  @Column('text', { name: 'party_id' })
  partyId: string;

  /** OCPI BusinessDetails, shown in our credentials roles. */
  @Column('jsonb', { name: 'business_details' })
  businessDetails: { name: string } & Record<string, unknown>;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
