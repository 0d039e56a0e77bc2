import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A short random name for a token, or a group, that is too long for OCPP 1.6: never cut, never hashed, never shown to partners. */
@Entity('token_alias')
@Index('ux_token_alias_name', ['ownerKey', 'kind', 'name'], { unique: true })
export class TokenAliasEntity {
  /** At most 20 characters, upper case. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_token_alias' })
  alias: string;

  /** Party key of the eMSP. */
  @Column('text', { name: 'owner_key' })
  ownerKey: string;

  /** The token's type, or `group`. */
  @Column('text')
  kind: string;

  /** Folded uid or group id. */
  @Column('text')
  name: string;

  /** Canonical token as it came with the command, JSON text: it may stand in no list (CMD-42). */
  @Column('text', { nullable: true })
  token: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
