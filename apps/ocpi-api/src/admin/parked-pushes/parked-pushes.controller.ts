import { Body, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ChangeLogSignal } from '#change-log';
import { parkedPushes, redriveParked } from '#partner-push';
import { DataSource } from 'typeorm';
import { RequiresRole } from '../access/requires-role.js';
import { Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { Problem } from '../http/problem.js';
import { RowId } from '../http/row-id.js';
import { ParkedPushArchive } from './parked-push-archive.js';
import {
  ParkedPushChoice,
  ParkedPushDetails,
  ParkedPushList,
  ParkedPushQuery,
  Redriven,
} from './parked-push.dto.js';

@AdminController('parked-pushes', 'Parked pushes')
export class ParkedPushesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly archive: ParkedPushArchive,
    private readonly signal: ChangeLogSignal,
  ) {}

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'What partners refused, newest first' })
  @ApiResponse({ status: 200, type: ParkedPushList })
  async list(@Query() { connection, limit, beforeId }: ParkedPushQuery): Promise<ParkedPushList> {
    const filter = {
      ...(connection !== undefined && { connectionId: connection }),
      ...(limit !== undefined && { limit }),
      ...(beforeId !== undefined && { beforeId }),
    };
    return { parkedPushes: await parkedPushes(this.dataSource, filter) };
  }

  @Get(':id')
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'One of them, with the last request and its answer' })
  @ApiResponse({ status: 200, type: ParkedPushDetails })
  get(@Param('id', RowId) id: number): Promise<ParkedPushDetails> {
    return this.archive.get(id);
  }

  @Post('redrive')
  @RequiresRole('operator')
  @Audited('parked-push.redrive', ({ body }) => String(body['ids'] ?? body['connection']))
  @HttpCode(200)
  @ApiOperation({ summary: 'Try again, with the objects as they are now' })
  @ApiResponse({ status: 200, type: Redriven })
  async redrive(@Body() choice: ParkedPushChoice): Promise<Redriven> {
    const ids = await this.archive.choose(choice);
    const redriven = await redriveParked(this.dataSource, ids);
    this.signal.notify();
    if (redriven === 0 && ids.length > 0) {
      throw Problem.conflict('Their partners take no traffic: register or resume them first');
    }
    return { redriven };
  }

  @Delete(':id')
  @RequiresRole('operator')
  @Audited('parked-push.drop')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Give one up: the partner stays without it until it changes',
    description:
      'The receipt of a CDR stays `parked`: it is not delivered, and no longer asked for.',
  })
  drop(@Param('id', RowId) id: number): Promise<void> {
    return this.archive.drop(id);
  }
}
