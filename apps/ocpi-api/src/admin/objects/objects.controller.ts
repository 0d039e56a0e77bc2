import { Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { ConnectionsService } from '#partners';
import { RequiresRole } from '../access/requires-role.js';
import { AdminController } from '../http/admin-controller.js';
import { OneOf } from '../http/one-of.pipe.js';
import { PartyInPath } from '../http/party.pipe.js';
import { DeliveryReport } from './delivery-report.js';
import { ObjectDeliveries, ObjectView } from './object.dto.js';
import { PartnerSight } from './partner-sight.js';
import { OBJECT_KINDS, type ObjectKind, StoredObjects } from './stored-object.js';

@AdminController('', 'Objects')
@ApiParam({ name: 'kind', enum: OBJECT_KINDS })
@ApiParam({ name: 'party', example: 'NL*EVC' })
export class ObjectsController {
  constructor(
    private readonly objects: StoredObjects,
    private readonly report: DeliveryReport,
    private readonly sight: PartnerSight,
    private readonly connections: ConnectionsService,
  ) {}

  @Get('objects/:kind/:party/:id/deliveries')
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'Where is it? Its state at every partner, with the last exchange' })
  @ApiResponse({ status: 200, type: ObjectDeliveries })
  async deliveries(
    @Param('kind', new OneOf('kind', OBJECT_KINDS)) kind: ObjectKind,
    @Param('party', PartyInPath) party: string,
    @Param('id') id: string,
  ): Promise<ObjectDeliveries> {
    const object = await this.objects.get(kind, party, id);
    return {
      kind,
      name: object.name,
      lastUpdated: object.lastUpdated,
      ...(object.tokenPartyKey !== null && { tokenParty: object.tokenPartyKey }),
      deliveries: await this.report.of(object),
    };
  }

  @Get('connections/:connectionId/view/:kind/:party/:id')
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'What does this partner see? The object as rendered for it now' })
  @ApiResponse({ status: 200, type: ObjectView })
  async view(
    @Param('connectionId') connectionId: string,
    @Param('kind', new OneOf('kind', OBJECT_KINDS)) kind: ObjectKind,
    @Param('party', PartyInPath) party: string,
    @Param('id') id: string,
  ): Promise<ObjectView> {
    const connection = this.connections.get(connectionId);
    const sight = await this.sight.of(connection, await this.objects.get(kind, party, id));
    const known = { connectionId, version: connection.version };
    return sight.shown
      ? { ...known, shown: true, object: sight.object }
      : { ...known, shown: false, reason: sight.reason };
  }
}
