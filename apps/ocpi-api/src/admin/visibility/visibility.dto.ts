import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { type ShownRule } from '#database';
import { SHOWN_RULES } from '../connections/new-connection.dto.js';

/** `NL*EVC/LOC1` */
const OBJECT_NAME = /^[a-z]{2}\*[a-z0-9]{3}\/[\x20-\x7e]{1,36}$/i;
const OBJECT_NAME_MESSAGE = 'must be an object as NL*ABC/ID: its party, /, its id';

/** What is left out stays as it is. */
export class VisibilityChange {
  @ApiPropertyOptional({
    enum: SHOWN_RULES,
    description: 'all; only the listed objects; all except the listed objects',
  })
  @IsOptional()
  @IsIn(SHOWN_RULES)
  rule?: ShownRule;

  @ApiPropertyOptional({ type: [String], description: 'The whole list, instead of the old one' })
  @IsOptional()
  @IsArray()
  @Matches(OBJECT_NAME, { each: true, message: OBJECT_NAME_MESSAGE })
  objects?: string[];

  @ApiPropertyOptional({ type: [String], example: ['NL*EVC/LOC1'] })
  @IsOptional()
  @IsArray()
  @Matches(OBJECT_NAME, { each: true, message: OBJECT_NAME_MESSAGE })
  add?: string[];

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @Matches(OBJECT_NAME, { each: true, message: OBJECT_NAME_MESSAGE })
  remove?: string[];
}

export class Visibility {
  @ApiProperty({ enum: SHOWN_RULES })
  rule: ShownRule;

  @ApiProperty({ type: [String], description: 'Ids in folded spelling' })
  objects: string[];

  @ApiProperty({ description: 'How many objects the partner sees by rule and list' })
  shown: number;
}
