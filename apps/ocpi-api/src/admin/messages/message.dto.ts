import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { IsInstant } from '../http/instant.js';
import { RowListQuery } from '../http/list-query.dto.js';

const DIRECTIONS = ['in', 'out'] as const;
const WEEK_SECONDS = 604_800;

export class TraceRequest {
  @ApiProperty({ minimum: 1, maximum: WEEK_SECONDS, example: 3600 })
  @IsInt()
  @Min(1)
  @Max(WEEK_SECONDS)
  seconds: number;
}

export class TraceState {
  @ApiProperty({ type: Date, nullable: true, description: 'Messages are kept until then' })
  tracedUntil: Date | null;
}

export class MessageQuery extends RowListQuery {
  @ApiPropertyOptional({ example: '2026-01-01T00:00:00Z' })
  @IsOptional()
  @IsInstant()
  since?: string;

  @ApiPropertyOptional({ example: 'credentials', description: 'Of this OCPI module alone' })
  @IsOptional()
  @IsString()
  module?: string;

  @ApiPropertyOptional({ enum: DIRECTIONS, description: 'in: the partner asked' })
  @IsOptional()
  @IsIn(DIRECTIONS)
  direction?: (typeof DIRECTIONS)[number];

  @ApiPropertyOptional({
    enum: ['true'],
    description:
      'Only those without an answer, with HTTP 400 and above, or with OCPI 2000 and above',
  })
  @IsOptional()
  @IsIn(['true'])
  failed?: 'true';
}

export class MessageView {
  @ApiProperty()
  id: number;

  @ApiProperty({ description: 'When the request began' })
  at: Date;

  @ApiProperty({ enum: DIRECTIONS, description: 'in: the partner asked' })
  direction: string;

  @ApiProperty({ type: String, nullable: true })
  module: string | null;

  @ApiProperty()
  method: string;

  @ApiProperty()
  url: string;

  @ApiProperty({ type: Number, nullable: true, description: 'None: there was no answer' })
  httpStatus: number | null;

  @ApiProperty({ type: Number, nullable: true })
  ocpiStatus: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why there was no answer' })
  failure: string | null;

  @ApiProperty()
  durationMs: number;

  @ApiProperty({ type: String, nullable: true, description: 'X-Request-ID' })
  requestId: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'X-Correlation-ID' })
  correlationId: string | null;
}

export class MessageDetails extends MessageView {
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  requestHeaders: Record<string, string>;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Tokens masked; a cut body says so at its end',
  })
  requestBody: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, nullable: true })
  responseHeaders: Record<string, string> | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Tokens masked; a cut body says so at its end',
  })
  responseBody: string | null;
}

export class MessageList {
  @ApiProperty({ type: Date, nullable: true, description: 'The trace is on until then' })
  tracedUntil: Date | null;

  @ApiProperty({ type: [MessageView] })
  messages: MessageView[];
}
