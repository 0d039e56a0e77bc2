import { Body, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { AdminController } from '../http/admin-controller.js';
import { ConnectionOverview } from './connection-overview.js';
import { ConnectionRegister } from './connection-register.js';
import { ConnectionDetails, Connections, CreatedConnection } from './connection-view.dto.js';
import { NewConnection } from './new-connection.dto.js';

@AdminController('connections', 'Connections')
export class ConnectionsController {
  constructor(
    private readonly register: ConnectionRegister,
    private readonly overview: ConnectionOverview,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Create a connection; its token A is shown once' })
  @ApiResponse({ status: 201, type: CreatedConnection })
  async create(@Body() given: NewConnection): Promise<CreatedConnection> {
    const { tokenA, versionsUrl } = await this.register.create(given);
    return { connection: await this.overview.get(given.id), tokenA, versionsUrl };
  }

  @Get()
  @ApiOperation({ summary: 'All connections: agreed version, lag, what is stuck' })
  @ApiResponse({ status: 200, type: Connections })
  async list(): Promise<Connections> {
    return { connections: await this.overview.list() };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Everything about one connection, except its tokens' })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  get(@Param('id') id: string): Promise<ConnectionDetails> {
    return this.overview.get(id);
  }
}
