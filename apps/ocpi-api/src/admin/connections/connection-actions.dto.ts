import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsUrl, Matches } from 'class-validator';

export class HandshakeRequest {
  @ApiPropertyOptional({ description: "The partner's versions endpoint; else the one known" })
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  versionsUrl?: string;

  @ApiPropertyOptional({ description: "The partner's token A; else the one given before" })
  @IsOptional()
  @Matches(/^[!-~]{1,64}$/, { message: 'must be 1 to 64 printable characters without blanks' })
  tokenA?: string;
}

export class RotateRequest {
  @ApiPropertyOptional({
    enum: ['same', 'newest'],
    default: 'same',
    description: 'newest: also move to the highest version both speak',
  })
  @IsOptional()
  @IsIn(['same', 'newest'])
  version?: 'same' | 'newest';
}

export class UnregisterRequest {
  @ApiPropertyOptional({
    default: false,
    description: 'End our side even if the partner cannot be told',
  })
  @IsOptional()
  @IsBoolean()
  force?: boolean;
}

export class PullTokensRequest {
  @ApiPropertyOptional({ default: false, description: 'All of them, not just what changed' })
  @IsOptional()
  @IsBoolean()
  full?: boolean;
}
