import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A CDR as it first left for some view of it; the bytes are kept, later software must not re-render them (G8). */
@Entity('cdr_rendition')
export class CdrRenditionEntity {
  @PrimaryColumn('bigint', { name: 'cdr_id', primaryKeyConstraintName: 'pk_cdr_rendition' })
  cdrId: number;

  /** Version plus the knobs that change the body, e.g. `2.2.1` or `2.3.0;plain512`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_cdr_rendition' })
  view: string;

  /** JSON text; null = withheld in this view, with the reason. */
  @Column('text', { nullable: true })
  body: string | null;

  @Column('text', { nullable: true })
  withheld: string | null;
}
