import { ApiProperty } from '@nestjs/swagger';
import { type ConnectionKind, type ConnectionState, type ShownRule } from '#database';

const STATES = ['invited', 'registered', 'rejected', 'unregistered'] as const;
const FEED_STATES = [
  'none',
  'paused',
  'stopped',
  'catching-up',
  'backing-off',
  'behind',
  'live',
] as const;
export type FeedState = (typeof FEED_STATES)[number];

export class FeedView {
  @ApiProperty({
    enum: FEED_STATES,
    description:
      'none: not registered; stopped: our token is rejected; catching-up: the walk over everything; backing-off: the partner does not answer',
  })
  state: FeedState;

  @ApiProperty({ description: 'Changes in the log that were not looked at for this partner' })
  lagChanges: number;

  @ApiProperty({ description: 'Age of the oldest of them' })
  lagSeconds: number;

  @ApiProperty({ description: 'Failures in a row' })
  failures: number;

  @ApiProperty({ type: Date, nullable: true })
  resumeAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  lastFailure: string | null;

  @ApiProperty({ type: Date, nullable: true })
  lastSuccessAt: Date | null;
}

export class RemotePartyView {
  @ApiProperty({ example: 'NL*EMA' })
  party: string;

  @ApiProperty({ example: 'EMSP' })
  role: string;

  @ApiProperty({ type: String, nullable: true })
  name: string | null;
}

export class EndpointView {
  @ApiProperty()
  identifier: string;

  @ApiProperty({ enum: ['SENDER', 'RECEIVER'] })
  role: string;

  @ApiProperty()
  url: string;
}

/** A connection as lists show it. */
export class ConnectionView {
  @ApiProperty()
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: ['peer', 'hub', 'nap'] })
  kind: ConnectionKind;

  @ApiProperty({ enum: STATES })
  state: ConnectionState;

  @ApiProperty()
  paused: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Agreed in the last handshake' })
  version: string | null;

  @ApiProperty({ type: String, nullable: true, description: "The partner's versions endpoint" })
  versionsUrl: string | null;

  @ApiProperty({ type: [RemotePartyView] })
  parties: RemotePartyView[];

  @ApiProperty({ type: [EndpointView] })
  endpoints: EndpointView[];

  @ApiProperty({ type: FeedView })
  feed: FeedView;

  @ApiProperty({ description: 'Objects that the partner refused' })
  parked: number;

  @ApiProperty({ description: 'CDRs that the partner has not acknowledged' })
  owedCdrs: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What the partner does differently from the text, and when it last did',
  })
  deviations: Record<string, string>;

  @ApiProperty({ type: Date, nullable: true })
  lastSeenAt: Date | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Age of the token it uses with us' })
  tokenAgeSeconds: number | null;

  @ApiProperty({ type: Date, nullable: true })
  registeredAt: Date | null;

  @ApiProperty()
  createdAt: Date;

  @ApiProperty({ type: Date, nullable: true, description: 'Its messages are kept until then' })
  tracedUntil: Date | null;
}

export class TokenView {
  @ApiProperty({ enum: ['bootstrap', 'full'], description: 'bootstrap is a token A' })
  purpose: string;

  @ApiProperty({ enum: ['active', 'pending', 'grace'] })
  state: string;

  @ApiProperty()
  createdAt: Date;

  @ApiProperty({ type: Date, nullable: true })
  firstUsedAt: Date | null;

  @ApiProperty({ type: Date, nullable: true })
  expiresAt: Date | null;
}

/** A connection with everything an operator may know of it: no token, nor anything made from one. */
export class ConnectionDetails extends ConnectionView {
  @ApiProperty({ type: [String] })
  allowedParties: string[];

  @ApiProperty({ type: [String], nullable: true })
  hostedParties: string[] | null;

  @ApiProperty({ type: [String], nullable: true })
  offeredVersions: string[] | null;

  @ApiProperty({ enum: ['all', 'only', 'except'] })
  locationsShown: ShownRule;

  @ApiProperty({ enum: ['all', 'only', 'except'] })
  tariffsShown: ShownRule;

  @ApiProperty({ type: String, nullable: true })
  preset: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Its own knobs' })
  profile: Record<string, unknown>;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'All knobs in force' })
  effectiveProfile: Record<string, unknown>;

  @ApiProperty({ type: [TokenView], description: 'Tokens it may show us; never their values' })
  tokens: TokenView[];

  @ApiProperty({ type: 'object', additionalProperties: true })
  tokenPull: Record<string, unknown>;
}

export class Connections {
  @ApiProperty({ type: [ConnectionView] })
  connections: ConnectionView[];
}

export class IssuedTokenA {
  @ApiProperty({ description: 'Shown this once; hand it over on a safe way, not by OCPI' })
  tokenA: string;

  @ApiProperty({ description: 'What the partner asks first' })
  versionsUrl: string;
}

export class CreatedConnection extends IssuedTokenA {
  @ApiProperty({ type: ConnectionDetails })
  connection: ConnectionDetails;
}
