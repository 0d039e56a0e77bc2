import { CSMS_MESSAGES, TailReader } from '#change-log';
import { CommandSignal } from '#commands';
import { type CsmsMessageEntity } from '#database';
import { createLogger } from '#platform';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

const log = createLogger('csms-outbox');

/**
 * The end of the outbox, read once for all its subscribers in this process: at once when a driver waits for what was
 * said, and four times a second for all else. With no subscriber at work nothing is read.
 */
@Injectable()
export class OutboxTail
  extends TailReader<CsmsMessageEntity>
  implements OnModuleInit, OnApplicationShutdown
{
  constructor(
    dataSource: DataSource,
    private readonly signal: CommandSignal,
  ) {
    super(dataSource, CSMS_MESSAGES, {
      windowRows: 5000,
      whileHeard: true,
      onError: (error) => log.warn({ err: error }, 'the outbox cannot be read'),
    });
  }

  onModuleInit(): Promise<void> {
    return this.run(this.signal);
  }

  onApplicationShutdown(): void {
    this.stop();
  }
}
