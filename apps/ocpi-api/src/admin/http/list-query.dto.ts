import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsRowId } from './row-id.js';

/** How much of a list is asked for. */
export class ListQuery {
  @ApiPropertyOptional({ default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;
}

/** A part of a list of rows, the newest first. */
export class RowListQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Older than this one' })
  @IsOptional()
  @Type(() => Number)
  @IsRowId()
  beforeId?: number;
}
