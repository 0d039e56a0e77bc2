import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A job that one replica at a time may do (pruning, tariff switches, token pulls). */
@Entity('lease')
export class LeaseEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_lease' })
  name: string;

  @Column('text')
  owner: string;

  @Column('timestamptz')
  until: Date;

  /** When the job was last done. */
  @Column('timestamptz', { name: 'done_at', nullable: true })
  doneAt: Date | null;
}
