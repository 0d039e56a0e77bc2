import { Global, Module } from '@nestjs/common';
import { ChangeLogSignal } from '#change-log';
import { CommandSignal } from '#commands';

/** One of each per process: who writes the change log, or does what somebody waits for, wakes who acts on it. */
@Global()
@Module({
  providers: [ChangeLogSignal, CommandSignal],
  exports: [ChangeLogSignal, CommandSignal],
})
export class SignalsModule {}
