import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An endpoint from the partner's version details, for the agreed version (TRN-64, VER-10). */
@Entity('remote_endpoint')
export class RemoteEndpointEntity {
  @PrimaryColumn('text', { name: 'connection_id', primaryKeyConstraintName: 'pk_remote_endpoint' })
  connectionId: string;

  /** Module identifier, lower case. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_remote_endpoint' })
  identifier: string;

  /** In 2.1.1, which has no roles, the role that the module implies for an eMSP. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_remote_endpoint' })
  role: 'SENDER' | 'RECEIVER';

  @Column('text')
  url: string;
}
