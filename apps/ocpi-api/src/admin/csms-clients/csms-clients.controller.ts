import { Body, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RequiresRole } from '../access/requires-role.js';
import { Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { CreatedCsmsClient, CsmsClients, NewCsmsClient } from './csms-client.dto.js';
import { CsmsClientRegister } from './csms-client-register.js';

@AdminController('csms-clients', 'CSMS clients')
export class CsmsClientsController {
  constructor(private readonly register: CsmsClientRegister) {}

  @Post()
  @RequiresRole('admin')
  @Audited('csms-client.create', ({ body }) => body['name'])
  @ApiOperation({ summary: 'Let a CSMS use the HTTP binding; its key is shown once' })
  @ApiResponse({ status: 201, type: CreatedCsmsClient })
  create(@Body() given: NewCsmsClient): Promise<CreatedCsmsClient> {
    return this.register.create(given);
  }

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'The CSMSs on the HTTP binding' })
  @ApiResponse({ status: 200, type: CsmsClients })
  async list(): Promise<CsmsClients> {
    return { csmsClients: await this.register.list() };
  }

  @Delete(':name')
  @RequiresRole('admin')
  @Audited('csms-client.delete')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take the key of a CSMS away' })
  remove(@Param('name') name: string): Promise<void> {
    return this.register.remove(name);
  }
}
