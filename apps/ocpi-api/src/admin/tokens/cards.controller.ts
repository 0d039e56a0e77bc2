import { Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { partyKey } from '#ocpi';
import { findCard } from '#partners';
import { DataSource } from 'typeorm';
import { RequiresRole } from '../access/requires-role.js';
import { AdminController } from '../http/admin-controller.js';
import { Problem } from '../http/problem.js';
import { Card } from './card.dto.js';

@AdminController('cards', 'Tokens')
export class CardsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get(':uid')
  @RequiresRole('viewer')
  @ApiOperation({
    summary: 'Whose card is this? What each partner states, the one that counts first',
  })
  @ApiQuery({ name: 'type', required: false, example: 'RFID' })
  @ApiResponse({ status: 200, type: Card })
  async get(@Param('uid') uid: string, @Query('type') type?: string): Promise<Card> {
    const statements = await findCard(this.dataSource, uid, type);
    if (statements.length === 0) throw Problem.notFound(`card ${uid}`);
    return {
      uid,
      statements: statements.map(({ connectionId, valid, token }, index) => ({
        party: partyKey(token),
        connectionId,
        type: token.type,
        valid,
        whitelist: token.whitelist,
        contractId: token.contract_id,
        lastUpdated: token.last_updated,
        counts: index === 0,
      })),
    };
  }
}
