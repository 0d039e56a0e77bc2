import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsIn, IsOptional } from 'class-validator';
import { RowListQuery } from '../http/list-query.dto.js';
import { IsRowId } from '../http/row-id.js';

const STATES = ['held', 'parked'] as const;

export class ParkedEventQuery extends RowListQuery {
  @ApiPropertyOptional({ enum: STATES, description: 'held: waits for its parent; parked: broken' })
  @IsOptional()
  @IsIn(STATES)
  state?: (typeof STATES)[number];
}

export class ParkedEventChoice {
  @ApiProperty({ type: [Number] })
  @IsArray()
  @ArrayNotEmpty()
  @IsRowId({ each: true })
  ids: number[];
}

export class ParkedEventView {
  @ApiProperty()
  id: number;

  @ApiProperty({ enum: STATES })
  state: string;

  @ApiProperty({ type: String, nullable: true })
  type: string | null;

  @ApiProperty({ type: String, nullable: true })
  subject: string | null;

  @ApiProperty({ type: String, nullable: true })
  source: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'CloudEvents id' })
  eventId: string | null;

  @ApiProperty()
  reason: string;

  @ApiProperty({ type: String, nullable: true, description: 'What it waits for' })
  parentKey: string | null;

  @ApiProperty({ enum: ['kafka', 'http'] })
  binding: string;

  @ApiProperty()
  attempts: number;

  @ApiProperty()
  receivedAt: Date;

  @ApiProperty({ type: Date, nullable: true, description: 'When waiting ends in parking' })
  expiresAt: Date | null;
}

export class ParkedEventDetails extends ParkedEventView {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Topic, partition, offset, key and headers; or the client',
  })
  origin: Record<string, unknown>;

  @ApiProperty({ description: 'The bytes as they came' })
  rawBase64: string;

  @ApiPropertyOptional({ description: 'The same as text, where they are UTF-8' })
  rawText?: string;
}

export class ParkedEventList {
  @ApiProperty({ type: [ParkedEventView] })
  parkedEvents: ParkedEventView[];
}

export class RedrivenEvents {
  @ApiProperty({ description: 'How many csms-consumer was asked to try again' })
  redriven: number;
}
