import { Module } from '@nestjs/common';
import { TokenPull, TokenPullScheduler } from '#partners';

/** Pulls partners' tokens on a schedule (TOK-36, TOK-38); needs the platform, database and partners modules. */
@Module({ providers: [TokenPull, TokenPullScheduler], exports: [TokenPullScheduler] })
export class TokenPullModule {}
