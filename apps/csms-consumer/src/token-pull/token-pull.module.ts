import { Module } from '@nestjs/common';
import { RotateOldTokens, TokenPull, TokenPullScheduler } from '#partners';

/**
 * Pulls partners' tokens on a schedule (TOK-36, TOK-38) and rotates our credentials tokens before they are a month old
 * (CRD-26). Needs the platform, database and partners modules.
 */
@Module({
  providers: [TokenPull, TokenPullScheduler, RotateOldTokens],
  exports: [TokenPullScheduler],
})
export class TokenPullModule {}
