import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import { type ConnectionKind, type ShownRule } from '#database';
import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { PARTY_KEY_MESSAGE, PARTY_KEY } from '../http/party-key.js';

const KINDS = ['peer', 'hub', 'nap'] as const;
export const SHOWN_RULES = ['all', 'only', 'except'] as const;
const ALLOWED_PARTY = new RegExp(`^\\*$|${PARTY_KEY.source}`, 'i');

/** What an operator says about a connection when creating it. */
export class NewConnection {
  @ApiProperty({ example: 'example-emsp', description: 'Names it in URLs, logs and metrics' })
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, {
    message: 'must be 1 to 63 small letters, digits or hyphens',
  })
  id: string;

  @ApiProperty({ example: 'Example eMSP' })
  @IsString()
  @Length(1, 100)
  name: string;

  @ApiPropertyOptional({ enum: KINDS, default: 'peer' })
  @IsOptional()
  @IsIn(KINDS)
  kind?: ConnectionKind;

  @ApiProperty({
    example: ['NL*EMA'],
    description: 'The parties it may claim in its credentials; `*` = any not bound elsewhere',
  })
  @IsArray()
  @ArrayNotEmpty()
  @Matches(ALLOWED_PARTY, { each: true, message: `${PARTY_KEY_MESSAGE}, or *` })
  allowedParties: string[];

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    description: 'Parties of ours that it meets; none given = all',
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @Matches(PARTY_KEY, { each: true, message: PARTY_KEY_MESSAGE })
  hostedParties?: string[] | null;

  @ApiPropertyOptional({
    enum: OCPI_VERSIONS,
    isArray: true,
    nullable: true,
    description: 'Versions we offer it; none given = all',
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(OCPI_VERSIONS, { each: true })
  offeredVersions?: OcpiVersion[] | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'A profile many share' })
  @IsOptional()
  @IsString()
  preset?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Knobs that differ from the preset; GET /admin/v1/profile-knobs lists them',
  })
  @IsOptional()
  @IsObject()
  // As it was sent: the transformer leaves out what an object has by nature, as toString, and no one would refuse it.
  @Transform(({ obj }: { obj: NewConnection }) => obj.profile)
  profile?: Record<string, unknown>;

  @ApiPropertyOptional({ enum: SHOWN_RULES, default: 'all' })
  @IsOptional()
  @IsIn(SHOWN_RULES)
  locationsShown?: ShownRule;

  @ApiPropertyOptional({ enum: SHOWN_RULES, default: 'all' })
  @IsOptional()
  @IsIn(SHOWN_RULES)
  tariffsShown?: ShownRule;
}

/** What may be changed later; what is left out stays. A knob given as null falls back to the preset's value. */
export class ChangedConnection extends PartialType(
  PickType(NewConnection, [
    'name',
    'kind',
    'allowedParties',
    'hostedParties',
    'offeredVersions',
    'preset',
    'profile',
  ] as const),
) {}
