import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { IsInstant } from '../http/instant.js';
import { RowListQuery } from '../http/list-query.dto.js';

const OUTCOMES = ['done', 'refused', 'failed'] as const;

export class AuditQuery extends RowListQuery {
  @ApiPropertyOptional({ description: 'About this connection alone' })
  @IsOptional()
  @IsString()
  connection?: string;

  @ApiPropertyOptional({
    example: 'key:alice',
    description: 'By this one alone; `key:` may be left out',
  })
  @IsOptional()
  @IsString()
  actor?: string;

  @ApiPropertyOptional({ example: 'handshake', description: 'An action, or what it begins with' })
  @IsOptional()
  @IsString()
  action?: string;

  @ApiPropertyOptional({ enum: OUTCOMES })
  @IsOptional()
  @IsIn(OUTCOMES)
  outcome?: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ example: '2026-01-01T00:00:00Z' })
  @IsOptional()
  @IsInstant()
  since?: string;

  @ApiPropertyOptional({ example: '2026-02-01T00:00:00Z', description: 'Before this instant' })
  @IsOptional()
  @IsInstant()
  until?: string;
}

export class AuditEntryView {
  @ApiProperty()
  id: number;

  @ApiProperty()
  at: Date;

  @ApiProperty({ example: 'key:alice', description: 'key:…, oidc:…, partner:… or gateway' })
  actor: string;

  @ApiProperty({ type: String, nullable: true })
  role: string | null;

  @ApiProperty({ type: String, nullable: true })
  sourceAddress: string | null;

  @ApiProperty({ type: String, nullable: true })
  requestId: string | null;

  @ApiProperty({ example: 'connection.pause' })
  action: string;

  @ApiProperty({ type: String, nullable: true, description: 'May be gone by now' })
  connectionId: string | null;

  @ApiProperty()
  subject: string;

  @ApiProperty({ enum: OUTCOMES })
  outcome: string;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What was asked for and what it changed, without secrets',
  })
  details: Record<string, unknown>;
}

export class AuditEntries {
  @ApiProperty({ type: [AuditEntryView] })
  entries: AuditEntryView[];
}
