import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';
import { PARTY_KEY, PARTY_KEY_MESSAGE } from '../http/party-key.js';

export class TokenName {
  @ApiProperty({ example: '04A1B2C3D4E5F6', description: 'In any case' })
  @IsString()
  @Length(1, 36)
  uid: string;

  @ApiPropertyOptional({ example: 'RFID', description: 'Of this type alone; else of all' })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  type?: string;
}

/** In the body and not in the path, and under `token`: neither logs nor the audit log keep what stands there. */
export class TokenOfDriver {
  @ApiProperty({ example: 'DE*EMP', description: 'The eMSP whose token it is' })
  @Matches(PARTY_KEY, { message: PARTY_KEY_MESSAGE })
  party: string;

  @ApiProperty()
  @IsDefined()
  @ValidateNested()
  @Type(() => TokenName)
  token: TokenName;
}

export class PersonalData {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'array', items: {} },
    description: 'What names the token, by the table it is in',
  })
  records: Record<string, unknown[]>;
}

export class PseudonymisedRecords {
  @ApiProperty()
  sessions: number;

  @ApiProperty()
  cdrs: number;
}

export class RemovedRecords {
  @ApiProperty()
  tokens: number;

  @ApiProperty()
  aliases: number;

  @ApiProperty()
  commands: number;

  @ApiProperty()
  reservations: number;

  @ApiProperty()
  questions: number;

  @ApiProperty({ description: 'To the CSMS' })
  messages: number;

  @ApiProperty({ description: 'Messages that a trace had kept' })
  traced: number;
}

export class Erasure {
  @ApiProperty({
    example: 'ERASED-3F9A1C22B7D0E145',
    description: 'Stands for the driver from now on',
  })
  pseudonym: string;

  @ApiProperty()
  pseudonymised: PseudonymisedRecords;

  @ApiProperty()
  removed: RemovedRecords;

  @ApiProperty({
    type: [String],
    description: 'Locations that the CSMS shows to this token; it has to state them without',
  })
  namedByLocations: string[];
}
