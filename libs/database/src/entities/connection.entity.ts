import { Column, Entity, PrimaryColumn } from 'typeorm';

export type ConnectionState =
  /** Created; a token A may be out, no handshake has succeeded yet. */
  | 'invited'
  | 'registered'
  /** The partner answers our token with 401 or 403: automated traffic stands still (CRD-27). */
  | 'rejected'
  | 'unregistered';

export type ConnectionKind = 'peer' | 'hub' | 'nap';
export type ShownRule = 'all' | 'only' | 'except';

/** One credentials relationship: one pair of tokens, one agreed version (architecture: "connection"). */
@Entity('connection')
export class ConnectionEntity {
  /** A slug chosen by the operator, used in URLs, logs and metric labels. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_connection' })
  id: string;

  @Column('text')
  name: string;

  @Column('text', { default: 'peer' })
  kind: ConnectionKind;

  @Column('text', { default: 'invited' })
  state: ConnectionState;

  /** Set by an operator: no pushes and no pulls while true; the partner may still call us. */
  @Column('boolean', { default: false })
  paused: boolean;

  @Column('text', { nullable: true })
  version: '2.1.1' | '2.2.1' | '2.3.0' | null;

  /** Versions we offer this partner; null = all (VER-05). */
  @Column('text', { name: 'offered_versions', array: true, nullable: true })
  offeredVersions: string[] | null;

  /** The partner's versions endpoint, from its credentials or from the operator who starts the handshake. */
  @Column('text', { name: 'versions_url', nullable: true })
  versionsUrl: string | null;

  /** Party keys of ours that this partner meets; null = every hosted party (CRD-31). */
  @Column('text', { name: 'hosted_parties', array: true, nullable: true })
  hostedParties: string[] | null;

  /** Party keys the partner may claim in its credentials; `*` = any that is not bound elsewhere (CRD-32). */
  @Column('text', { name: 'allowed_parties', array: true })
  allowedParties: string[];

  /** Whether the grants list what is shown, or what is not. */
  @Column('text', { name: 'locations_shown', default: 'all' })
  locationsShown: ShownRule;

  @Column('text', { name: 'tariffs_shown', default: 'all' })
  tariffsShown: ShownRule;

  /** Knobs that differ from the preset's; see `#partners` profile. */
  @Column('jsonb', { default: {} })
  profile: Record<string, unknown>;

  @Column('text', { nullable: true })
  preset: string | null;

  /** Our key to the partner, encrypted (P15); null before a handshake. */
  @Column('bytea', { name: 'outbound_token', nullable: true })
  outboundToken: Buffer | null;

  /** How the partner wants the token in the header, where a probe or the profile settled it (TRN-14). */
  @Column('text', { name: 'outbound_encoding', nullable: true })
  outboundEncoding: 'base64' | 'plain' | null;

  @Column('timestamptz', { name: 'token_issued_at', nullable: true })
  tokenIssuedAt: Date | null;

  @Column('timestamptz', { name: 'registered_at', nullable: true })
  registeredAt: Date | null;

  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt: Date | null;

  /** What the partner does differently from the text, by name, with the time it was last seen. */
  @Column('jsonb', { default: {} })
  deviations: Record<string, string>;

  /** Where the periodic pull of tokens stands: `date_to` of the last complete window, and its outcome. */
  @Column('jsonb', { name: 'token_pull', default: {} })
  tokenPull: Record<string, unknown>;

  /** Its messages are kept until then (message trace). */
  @Column('timestamptz', { name: 'traced_until', nullable: true })
  tracedUntil: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
