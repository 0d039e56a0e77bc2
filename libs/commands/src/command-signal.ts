import { Injectable } from '@nestjs/common';
import { ChannelSignal } from '#change-log';
import { DataSource } from 'typeorm';

export const COMMAND_CHANNEL = 'ocpi_command';

/** Tells timers and callbacks that a command may have been opened or settled. */
@Injectable()
export class CommandSignal extends ChannelSignal {
  constructor(dataSource: DataSource) {
    super(dataSource, COMMAND_CHANNEL, 'ocpi-command-signal');
  }
}
