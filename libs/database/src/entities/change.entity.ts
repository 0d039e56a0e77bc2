import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type ChangeKind = 'location' | 'evse' | 'connector' | 'tariff' | 'session' | 'cdr';

/**
 * One line of the change log (D2). Readers order by (xid, seq) and read only below the horizon of running writers;
 * `seq` alone would skip rows of transactions that overlap.
 */
@Entity('change')
@Index('ix_change_at', ['at'])
@Index('ix_change_cdr', ['xid', 'seq'], { where: `kind = 'cdr'` })
export class ChangeEntity {
  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'pk_change',
    default: () => 'current_xid()',
  })
  xid: number;

  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'pk_change',
    default: () => "nextval('change_seq')",
  })
  seq: number;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at: Date;

  @Column('text')
  kind: ChangeKind;

  /** Row id in `location` (for location, evse and connector), `tariff`, `session` or `cdr`. */
  @Column('bigint', { name: 'object_id' })
  objectId: number;

  @Column('bigint', { name: 'evse_id', nullable: true })
  evseId: number | null;

  @Column('text', { name: 'connector_id', nullable: true })
  connectorId: string | null;

  /**
   * `created` first sight; `status` an EVSE's status alone; `fields` the fields named in `fields` got new values (a PATCH may carry them);
   * `content` anything else (PUT); `deleted` a tariff withdrawn; `shown`/`hidden` visibility of one connection changed.
   */
  @Column('text')
  aspect: 'created' | 'status' | 'fields' | 'content' | 'deleted' | 'shown' | 'hidden';

  @Column('text', { array: true, nullable: true })
  fields: string[] | null;

  /** Party key of the token's owner (sessions, CDRs); null = everyone who may see the object. */
  @Column('text', { nullable: true })
  audience: string | null;

  /** The hosted party that owns the object. */
  @Column('text', { name: 'party_key' })
  partyKey: string;

  /** Set when the change concerns one connection alone (visibility, redrive). */
  @Column('text', { name: 'connection_id', nullable: true })
  connectionId: string | null;

  /** Versions whose view changed; null = all (a timed tariff switch concerns 2.1.1 alone, LOC-52). */
  @Column('text', { array: true, nullable: true })
  versions: string[] | null;

  /** When it happened, by the CSMS's event; lag is measured from here. */
  @Column('timestamptz', { name: 'event_time', nullable: true })
  eventTime: Date | null;

  /** W3C Trace Context of the work that made the change; null while no traces are made. */
  @Column('text', { nullable: true })
  traceparent: string | null;
}
