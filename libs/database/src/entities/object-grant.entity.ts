import { Entity, PrimaryColumn } from 'typeorm';

/** A Location or Tariff named in a connection's `only` or `except` rule (LOC-10). */
@Entity('object_grant')
export class ObjectGrantEntity {
  @PrimaryColumn('text', { name: 'connection_id', primaryKeyConstraintName: 'pk_object_grant' })
  connectionId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_object_grant' })
  kind: 'location' | 'tariff';

  @PrimaryColumn('text', { name: 'party_key', primaryKeyConstraintName: 'pk_object_grant' })
  partyKey: string;

  /** Folded id. */
  @PrimaryColumn('text', { name: 'object_key', primaryKeyConstraintName: 'pk_object_grant' })
  objectKey: string;
}
