import { Injectable } from '@nestjs/common';
import { ChannelSignal } from '#change-log';
import { DataSource } from 'typeorm';

const COMMAND_CHANNEL = 'ocpi_command';

/** Tells timers, callbacks and the outbox that somebody waits: a command was opened or settled, a card decided on. */
@Injectable()
export class CommandSignal extends ChannelSignal {
  constructor(dataSource: DataSource) {
    super(dataSource, COMMAND_CHANNEL, 'ocpi-command-signal');
  }
}
