import { ApiProperty } from '@nestjs/swagger';

export class CardStatementView {
  @ApiProperty({ example: 'NL*EMA' })
  party: string;

  @ApiProperty()
  connectionId: string;

  @ApiProperty({ example: 'RFID' })
  type: string;

  @ApiProperty({ description: 'False also when the partner that stated it has gone' })
  valid: boolean;

  @ApiProperty({ enum: ['ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER'] })
  whitelist: string;

  @ApiProperty()
  contractId: string;

  @ApiProperty()
  lastUpdated: string;

  @ApiProperty({ description: 'The statement that counts: valid first, then the newest' })
  counts: boolean;
}

export class Card {
  @ApiProperty()
  uid: string;

  @ApiProperty({
    type: [CardStatementView],
    description: 'One per owner and type, the one that counts first',
  })
  statements: CardStatementView[];
}
