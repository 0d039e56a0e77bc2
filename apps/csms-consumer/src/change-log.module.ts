import { Global, Module } from '@nestjs/common';
import { ChangeLogSignal } from '#change-log';

/** One signal per process: who writes the change log wakes who reads it. */
@Global()
@Module({ providers: [ChangeLogSignal], exports: [ChangeLogSignal] })
export class ChangeLogModule {}
