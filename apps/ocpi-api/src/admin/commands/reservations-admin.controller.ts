import { Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RequiresRole } from '../access/requires-role.js';
import { AdminController } from '../http/admin-controller.js';
import { CommandArchive } from './command-archive.js';
import { ReservationList, ReservationQuery } from './command.dto.js';

@AdminController('reservations', 'Commands')
export class ReservationsAdminController {
  constructor(private readonly archive: CommandArchive) {}

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'Reservations of partners, newest first' })
  @ApiResponse({ status: 200, type: ReservationList })
  async list(@Query() query: ReservationQuery): Promise<ReservationList> {
    return { reservations: await this.archive.reservations(query) };
  }
}
