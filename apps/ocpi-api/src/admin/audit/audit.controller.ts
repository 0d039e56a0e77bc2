import { Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RequiresRole } from '../access/requires-role.js';
import { AdminController } from '../http/admin-controller.js';
import { AuditArchive } from './audit-archive.js';
import { AuditEntries, AuditQuery } from './audit.dto.js';

@AdminController('audit', 'Audit log')
export class AuditController {
  constructor(private readonly archive: AuditArchive) {}

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'Who did what, and every handshake, newest first' })
  @ApiResponse({ status: 200, type: AuditEntries })
  async list(@Query() query: AuditQuery): Promise<AuditEntries> {
    return { entries: await this.archive.list(query) };
  }
}
