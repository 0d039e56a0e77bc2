import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, Matches } from 'class-validator';

export class NewHostedParty {
  @ApiProperty({ example: 'NL', description: 'ISO 3166-1 alpha-2' })
  @Matches(/^[A-Za-z]{2}$/, { message: 'must be two letters' })
  countryCode: string;

  @ApiProperty({ example: 'EVC', description: "Three characters, after ISO 15118's operator id" })
  @Matches(/^[A-Za-z0-9]{3}$/, { message: 'must be three letters or digits' })
  partyId: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { name: 'Example Charging' },
    description: "OCPI's BusinessDetails: name, and perhaps website and logo",
  })
  @IsObject({ message: 'must be an object with a name' })
  businessDetails: Record<string, unknown>;
}

export class HostedParty {
  @ApiProperty({ example: 'NL*EVC' })
  party: string;

  @ApiProperty()
  countryCode: string;

  @ApiProperty()
  partyId: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  businessDetails: Record<string, unknown>;

  @ApiProperty()
  createdAt: Date;
}

export class AnnouncementView {
  @ApiProperty()
  connectionId: string;

  @ApiPropertyOptional({ description: 'Why the partner could not be told; rotate tries again' })
  failure?: string;
}

export class CreatedHostedParty extends HostedParty {
  @ApiProperty({ type: [AnnouncementView], description: 'Partners that were told by PUT' })
  announcements: AnnouncementView[];
}

export class HostedParties {
  @ApiProperty({ type: [HostedParty] })
  hostedParties: HostedParty[];
}
