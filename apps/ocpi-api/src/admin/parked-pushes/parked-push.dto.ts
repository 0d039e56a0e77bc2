import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsOptional, IsString } from 'class-validator';
import { RowListQuery } from '../http/list-query.dto.js';
import { IsRowId } from '../http/row-id.js';
import { ExchangeView } from '../objects/object.dto.js';

export class ParkedPushQuery extends RowListQuery {
  @ApiPropertyOptional({ description: 'Of this connection alone' })
  @IsOptional()
  @IsString()
  connection?: string;
}

/** Which ones: these ids, or all of a connection. */
export class ParkedPushChoice {
  @ApiPropertyOptional({ type: [Number] })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @IsRowId({ each: true })
  ids?: number[];

  @ApiPropertyOptional({ description: 'All of this connection' })
  @IsOptional()
  @IsString()
  connection?: string;
}

export class ParkedPushView {
  @ApiProperty()
  id: number;

  @ApiProperty()
  connectionId: string;

  @ApiProperty()
  kind: string;

  @ApiProperty({ example: 'NL*EVC/LOC1' })
  objectName: string;

  @ApiProperty()
  reason: string;

  @ApiProperty({ type: Number, nullable: true })
  httpStatus: number | null;

  @ApiProperty({ type: Number, nullable: true })
  ocpiStatus: number | null;

  @ApiProperty()
  attempts: number;

  @ApiProperty()
  parkedAt: Date;
}

export class ParkedPushDetails extends ParkedPushView {
  @ApiPropertyOptional({ type: ExchangeView })
  lastExchange?: ExchangeView;
}

export class ParkedPushList {
  @ApiProperty({ type: [ParkedPushView] })
  parkedPushes: ParkedPushView[];
}

export class Redriven {
  @ApiProperty({
    description: 'How many are on their way; the others are of partners without traffic',
  })
  redriven: number;
}
