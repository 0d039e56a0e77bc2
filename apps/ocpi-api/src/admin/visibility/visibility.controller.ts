import { Body, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { RequiresRole } from '../access/requires-role.js';
import { Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { OneOf } from '../http/one-of.pipe.js';
import { Visibility, VisibilityChange } from './visibility.dto.js';
import { VisibilityRules } from './visibility-rules.js';

const KINDS = { locations: 'location', tariffs: 'tariff' } as const;
type KindName = keyof typeof KINDS;
const KIND_NAMES = ['locations', 'tariffs'] as const satisfies KindName[];

@AdminController('connections/:id/visibility/:kind', 'Visibility')
@ApiParam({ name: 'kind', enum: KIND_NAMES })
export class VisibilityController {
  constructor(private readonly rules: VisibilityRules) {}

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'Which Locations or Tariffs the partner sees' })
  @ApiResponse({ status: 200, type: Visibility })
  get(
    @Param('id') id: string,
    @Param('kind', new OneOf('kind', KIND_NAMES)) kind: KindName,
  ): Promise<Visibility> {
    return this.rules.get(id, KINDS[kind]);
  }

  @Put()
  @RequiresRole('operator')
  @Audited('connection.visibility')
  @ApiOperation({
    summary: 'Change the rule or the list; the partner gets what that shows or hides',
  })
  @ApiResponse({ status: 200, type: Visibility })
  change(
    @Param('id') id: string,
    @Param('kind', new OneOf('kind', KIND_NAMES)) kind: KindName,
    @Body() change: VisibilityChange,
  ): Promise<Visibility> {
    return this.rules.change(id, KINDS[kind], change);
  }
}
