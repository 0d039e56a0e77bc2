import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsOptional, IsUrl, Matches, MaxLength } from 'class-validator';
import { PARTY_KEY, PARTY_KEY_MESSAGE } from '../http/party-key.js';

export class NewCsmsClient {
  @ApiProperty({ example: 'csms', description: 'A name for URLs, logs and the CLI' })
  @Matches(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
    message: 'must be 1 to 63 small letters, digits, dots, underscores or hyphens',
  })
  name: string;

  @ApiProperty({ example: ['NL*EVC'], description: 'The parties it may write for' })
  @IsArray()
  @ArrayNotEmpty()
  @Matches(PARTY_KEY, { each: true, message: PARTY_KEY_MESSAGE })
  parties: string[];

  @ApiPropertyOptional({ example: [], description: 'CloudEvents sources; none = any' })
  @IsOptional()
  @IsArray()
  @MaxLength(255, { each: true })
  sources?: string[];

  @ApiPropertyOptional({
    description: 'Where its requests are sent; without it the client asks by long poll',
  })
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  webhookUrl?: string;
}

export class CsmsClient {
  @ApiProperty()
  name: string;

  @ApiProperty({ type: [String] })
  parties: string[];

  @ApiProperty({ type: [String] })
  sources: string[];

  @ApiProperty({ type: String, nullable: true })
  webhookUrl: string | null;

  @ApiProperty()
  createdAt: Date;
}

export class CreatedCsmsClient extends CsmsClient {
  @ApiProperty({ description: 'Shown this once: `Authorization: Bearer <key>`' })
  key: string;

  @ApiPropertyOptional({ description: 'Shown this once: signs the calls of its webhook' })
  webhookSecret?: string;
}

export class CsmsClients {
  @ApiProperty({ type: [CsmsClient] })
  csmsClients: CsmsClient[];
}
