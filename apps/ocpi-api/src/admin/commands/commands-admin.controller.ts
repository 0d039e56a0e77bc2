import { Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RequiresRole } from '../access/requires-role.js';
import { AdminController } from '../http/admin-controller.js';
import { CommandArchive } from './command-archive.js';
import { CommandDetails, CommandList, CommandQuery } from './command.dto.js';

@AdminController('commands', 'Commands')
export class CommandsAdminController {
  constructor(private readonly archive: CommandArchive) {}

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'What partners asked of the CSMS, newest first' })
  @ApiResponse({ status: 200, type: CommandList })
  async list(@Query() query: CommandQuery): Promise<CommandList> {
    return { commands: await this.archive.list(query) };
  }

  @Get(':id')
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'One of them, with its result and what became of its callbacks' })
  @ApiResponse({ status: 200, type: CommandDetails })
  get(@Param('id') id: string): Promise<CommandDetails> {
    return this.archive.get(id);
  }
}
