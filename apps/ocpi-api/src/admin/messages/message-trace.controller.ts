import { Body, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ConnectionsService } from '#partners';
import { RequiresRole } from '../access/requires-role.js';
import { Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { RowId } from '../http/row-id.js';
import { MessageArchive } from './message-archive.js';
import {
  MessageDetails,
  MessageList,
  MessageQuery,
  TraceRequest,
  TraceState,
} from './message.dto.js';

@AdminController('connections/:id', 'Message trace')
export class MessageTraceController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly archive: MessageArchive,
  ) {}

  @Post('trace')
  @RequiresRole('operator')
  @Audited('connection.trace')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Keep what is exchanged with the partner for so long from now on',
    description:
      'In both directions and in every process within a second or two; tokens are masked.',
  })
  @ApiResponse({ status: 200, type: TraceState })
  async start(@Param('id') id: string, @Body() { seconds }: TraceRequest): Promise<TraceState> {
    await this.connections.trace(id, seconds);
    return { tracedUntil: this.connections.get(id).tracedUntil };
  }

  @Delete('trace')
  @RequiresRole('operator')
  @Audited('connection.trace-off')
  @ApiOperation({ summary: 'Keep no more; what was kept stays for its time' })
  @ApiResponse({ status: 200, type: TraceState })
  async stop(@Param('id') id: string): Promise<TraceState> {
    await this.connections.trace(id, 0);
    return { tracedUntil: this.connections.get(id).tracedUntil };
  }

  @Get('messages')
  @RequiresRole('operator')
  @ApiOperation({ summary: 'What was exchanged while the trace was on, newest first' })
  @ApiResponse({ status: 200, type: MessageList })
  async list(@Param('id') id: string, @Query() query: MessageQuery): Promise<MessageList> {
    const { tracedUntil } = this.connections.get(id);
    return { tracedUntil, messages: await this.archive.list(id, query) };
  }

  @Get('messages/:messageId')
  @RequiresRole('operator')
  @ApiOperation({ summary: 'One of them, in full, as it was on the wire; tokens masked' })
  @ApiResponse({ status: 200, type: MessageDetails })
  get(
    @Param('id') id: string,
    @Param('messageId', RowId) messageId: number,
  ): Promise<MessageDetails> {
    this.connections.get(id);
    return this.archive.get(id, messageId);
  }
}
