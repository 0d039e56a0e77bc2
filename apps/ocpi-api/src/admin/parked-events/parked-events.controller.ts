import { Body, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RequiresRole } from '../access/requires-role.js';
import { Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { RowId } from '../http/row-id.js';
import { ParkedEventArchive } from './parked-event-archive.js';
import {
  ParkedEventChoice,
  ParkedEventDetails,
  ParkedEventList,
  ParkedEventQuery,
  RedrivenEvents,
} from './parked-event.dto.js';

@AdminController('parked-events', 'Parked CSMS events')
export class ParkedEventsController {
  constructor(private readonly archive: ParkedEventArchive) {}

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'What came from the CSMS and waits or could not be used, newest first' })
  @ApiResponse({ status: 200, type: ParkedEventList })
  async list(@Query() query: ParkedEventQuery): Promise<ParkedEventList> {
    return { parkedEvents: await this.archive.list(query) };
  }

  @Get(':id')
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'One of them, with its raw bytes and where it came from' })
  @ApiResponse({ status: 200, type: ParkedEventDetails })
  get(@Param('id', RowId) id: number): Promise<ParkedEventDetails> {
    return this.archive.get(id);
  }

  @Post('redrive')
  @RequiresRole('operator')
  @Audited('parked-event.redrive', ({ body }) => String(body['ids']))
  @HttpCode(200)
  @ApiOperation({ summary: 'Let csms-consumer try them again; one that fails again comes back' })
  @ApiResponse({ status: 200, type: RedrivenEvents })
  async redrive(@Body() { ids }: ParkedEventChoice): Promise<RedrivenEvents> {
    return { redriven: await this.archive.redrive(ids) };
  }

  @Delete(':id')
  @RequiresRole('operator')
  @Audited('parked-event.drop')
  @HttpCode(204)
  @ApiOperation({ summary: 'Throw one away' })
  drop(@Param('id', RowId) id: number): Promise<void> {
    return this.archive.drop(id);
  }
}
