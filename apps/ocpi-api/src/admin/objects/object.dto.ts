import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { OBJECT_KINDS, type ObjectKind } from './stored-object.js';

const DELIVERY_STATES = [
  'delivered',
  'behind',
  'parked',
  'owed',
  'pulled',
  'withheld',
  'not-visible',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export class ExchangeView {
  @ApiProperty()
  at: Date;

  @ApiProperty()
  method: string;

  @ApiProperty()
  url: string;

  @ApiProperty({ type: String, nullable: true })
  request: string | null;

  @ApiProperty({ type: Number, nullable: true })
  httpStatus: number | null;

  @ApiProperty({ type: Number, nullable: true })
  ocpiStatus: number | null;

  @ApiProperty({ type: String, nullable: true })
  response: string | null;

  @ApiProperty()
  durationMs: number;

  @ApiProperty()
  outcome: string;

  @ApiProperty({ type: String, nullable: true, description: 'X-Request-ID' })
  requestId: string | null;
}

export class ReceiptView {
  @ApiProperty({ enum: ['owed', 'delivered', 'parked', 'withheld', 'pull_only'] })
  state: string;

  @ApiProperty()
  attempts: number;

  @ApiProperty({ type: String, nullable: true, description: "The partner's copy" })
  locationUrl: string | null;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty()
  updatedAt: Date;
}

export class DeliveryView {
  @ApiProperty()
  connectionId: string;

  @ApiProperty()
  connectionName: string;

  @ApiProperty({ type: String, nullable: true })
  version: string | null;

  @ApiProperty({
    enum: DELIVERY_STATES,
    description:
      'behind: a change is on its way; owed: a CDR not acknowledged; pulled: the partner fetches it',
  })
  state: DeliveryState;

  @ApiPropertyOptional({ description: 'Why it is not delivered' })
  reason?: string;

  @ApiPropertyOptional({ description: 'Id of the parked push, for a redrive' })
  parkedId?: number;

  @ApiPropertyOptional({ type: ReceiptView })
  receipt?: ReceiptView;

  @ApiPropertyOptional({ type: ExchangeView, description: 'The last request and its answer' })
  lastExchange?: ExchangeView;
}

export class ObjectDeliveries {
  @ApiProperty({ enum: OBJECT_KINDS })
  kind: ObjectKind;

  @ApiProperty({ example: 'NL*EVC/LOC1' })
  name: string;

  @ApiProperty()
  lastUpdated: Date;

  @ApiPropertyOptional({ description: 'Owner of the token (sessions and CDRs)' })
  tokenParty?: string;

  @ApiProperty({ type: [DeliveryView] })
  deliveries: DeliveryView[];
}

export class ObjectView {
  @ApiProperty()
  connectionId: string;

  @ApiProperty({ type: String, nullable: true })
  version: string | null;

  @ApiProperty()
  shown: boolean;

  @ApiPropertyOptional({ description: 'Why it is not shown' })
  reason?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  object?: Record<string, unknown>;
}
