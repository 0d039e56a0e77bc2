import { Body, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RequiresRole } from '../access/requires-role.js';
import { type AdminRequest, Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { HostedPartyRegister } from './hosted-party-register.js';
import { CreatedHostedParty, HostedParties, NewHostedParty } from './hosted-party.dto.js';

const partyIn = ({ body }: AdminRequest): string =>
  `${String(body['countryCode'])}*${String(body['partyId'])}`.toUpperCase();

@AdminController('hosted-parties', 'Parties of ours')
export class HostedPartiesController {
  constructor(private readonly register: HostedPartyRegister) {}

  @Post()
  @RequiresRole('admin')
  @Audited('hosted-party.create', partyIn)
  @ApiOperation({ summary: 'Begin to speak for a CPO party' })
  @ApiResponse({ status: 201, type: CreatedHostedParty })
  @ApiResponse({ status: 409, description: 'The party is there already' })
  async create(@Body() given: NewHostedParty): Promise<CreatedHostedParty> {
    const { party, announcements } = await this.register.create(given);
    return Object.assign(new CreatedHostedParty(), party, { announcements });
  }

  @Get()
  @RequiresRole('viewer')
  @ApiOperation({ summary: 'The CPO parties we speak for' })
  @ApiResponse({ status: 200, type: HostedParties })
  async list(): Promise<HostedParties> {
    return { hostedParties: await this.register.list() };
  }
}
