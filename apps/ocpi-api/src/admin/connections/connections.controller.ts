import { Body, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ConnectionsService } from '#partners';
import { RequiresRole } from '../access/requires-role.js';
import { Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { ConnectionOverview } from './connection-overview.js';
import { ConnectionRegister } from './connection-register.js';
import { ConnectionDetails, Connections, CreatedConnection } from './connection-view.dto.js';
import { ChangedConnection, NewConnection } from './new-connection.dto.js';

@AdminController('connections', 'Connections')
export class ConnectionsController {
  constructor(
    private readonly register: ConnectionRegister,
    private readonly connections: ConnectionsService,
    private readonly overview: ConnectionOverview,
  ) {}

  @Post()
  @RequiresRole('operator')
  @Audited('connection.create', ({ body }) => body['id'])
  @ApiOperation({ summary: 'Create a connection; its token A is shown once' })
  @ApiResponse({ status: 201, type: CreatedConnection })
  async create(@Body() given: NewConnection): Promise<CreatedConnection> {
    const { token, versionsUrl } = await this.register.create(given);
    return { connection: await this.overview.get(given.id), tokenA: token, versionsUrl };
  }

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'All connections: agreed version, lag, what is stuck' })
  @ApiResponse({ status: 200, type: Connections })
  async list(): Promise<Connections> {
    return { connections: await this.overview.list() };
  }

  @Get(':id')
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'Everything about one connection, except its tokens' })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  get(@Param('id') id: string): Promise<ConnectionDetails> {
    return this.overview.get(id);
  }

  @Patch(':id')
  @RequiresRole('operator')
  @Audited('connection.change')
  @ApiOperation({
    summary: 'Change name, kind, parties, versions or profile; what is left out stays',
    description:
      'A knob given as null falls back to the preset. Objects that look different from now on are sent anew by a resync.',
  })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  async change(
    @Param('id') id: string,
    @Body() given: ChangedConnection,
  ): Promise<ConnectionDetails> {
    await this.register.change(id, given);
    return this.overview.get(id);
  }

  @Delete(':id')
  @RequiresRole('operator')
  @Audited('connection.delete')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget a connection that is not registered' })
  remove(@Param('id') id: string): Promise<void> {
    return this.connections.remove(id);
  }
}
