import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChannelSignal } from './channel-signal.js';

export const CHANGE_CHANNEL = 'ocpi_change';

/** Tells readers, here and in other processes, that something may have been appended to the log. */
@Injectable()
export class ChangeLogSignal extends ChannelSignal {
  constructor(dataSource: DataSource) {
    super(dataSource, CHANGE_CHANNEL, 'ocpi-change-signal');
  }
}
