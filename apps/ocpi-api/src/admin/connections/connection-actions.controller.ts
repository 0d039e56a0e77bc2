import { Body, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ChangeLogSignal } from '#change-log';
import { requestResync } from '#partner-push';
import {
  ConnectionsService,
  requestTokenPull,
  SendUnregistration,
  SendUpdate,
  StartRegistration,
} from '#partners';
import { DataSource } from 'typeorm';
import { RequiresRole } from '../access/requires-role.js';
import { Audited } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { Problem } from '../http/problem.js';
import {
  HandshakeRequest,
  PullTokensRequest,
  RotateRequest,
  UnregisterRequest,
} from './connection-actions.dto.js';
import { ConnectionOverview } from './connection-overview.js';
import { ConnectionDetails, IssuedTokenA } from './connection-view.dto.js';

@AdminController('connections/:id', 'Connections')
export class ConnectionActionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionsService,
    private readonly registration: StartRegistration,
    private readonly update: SendUpdate,
    private readonly unregistration: SendUnregistration,
    private readonly overview: ConnectionOverview,
    private readonly signal: ChangeLogSignal,
  ) {}

  @Post('handshake')
  @RequiresRole('operator')
  @Audited('connection.handshake')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Register with the partner as the initiator',
    description: 'A failure keeps what was given, so that a second try needs no body (502).',
  })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  async handshake(
    @Param('id') id: string,
    @Body() { versionsUrl, tokenA }: HandshakeRequest,
  ): Promise<ConnectionDetails> {
    const connection = this.connections.get(id);
    if (connection.versionsUrl === null && versionsUrl === undefined) {
      throw Problem.invalid([{ path: 'versionsUrl', message: 'is not known yet' }]);
    }
    await this.registration.execute(connection, {
      ...(versionsUrl !== undefined && { versionsUrl }),
      ...(tokenA !== undefined && { token: tokenA }),
    });
    return this.overview.get(id);
  }

  @Post('pause')
  @RequiresRole('operator')
  @Audited('connection.pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'No pushes and no pulls until resumed; the partner may still call us' })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  async pause(@Param('id') id: string): Promise<ConnectionDetails> {
    await this.connections.setPaused(id, true);
    return this.overview.get(id);
  }

  @Post('resume')
  @RequiresRole('operator')
  @Audited('connection.resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Go on after a pause, or after the partner rejected our token' })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  async resume(@Param('id') id: string): Promise<ConnectionDetails> {
    await this.connections.setPaused(id, false);
    await this.connections.accept(id);
    this.signal.notify();
    return this.overview.get(id);
  }

  @Post('resync')
  @RequiresRole('operator')
  @Audited('connection.resync')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send everything the partner may see, in its current state' })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  async resync(@Param('id') id: string): Promise<ConnectionDetails> {
    this.connections.get(id);
    if (!(await requestResync(this.dataSource, id))) {
      throw Problem.conflict('The partner takes no traffic: it is not registered, or rejects us');
    }
    this.signal.notify();
    return this.overview.get(id);
  }

  @Post('rotate')
  @RequiresRole('operator')
  @Audited('connection.rotate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Give both sides new tokens, re-read endpoints; or upgrade the version',
  })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  async rotate(
    @Param('id') id: string,
    @Body() { version }: RotateRequest,
  ): Promise<ConnectionDetails> {
    await this.update.execute(this.connections.get(id), version ?? 'same');
    return this.overview.get(id);
  }

  @Post('unregister')
  @RequiresRole('operator')
  @Audited('connection.unregister')
  @HttpCode(200)
  @ApiOperation({ summary: 'End the relationship: both tokens die, nothing runs any more' })
  @ApiResponse({ status: 200, type: ConnectionDetails })
  async unregister(
    @Param('id') id: string,
    @Body() { force }: UnregisterRequest,
  ): Promise<ConnectionDetails> {
    const connection = this.connections.get(id);
    if (connection.state === 'invited' || connection.state === 'unregistered') {
      throw Problem.conflict('The partner is not registered');
    }
    await this.unregistration.execute(connection, { force: force ?? false });
    return this.overview.get(id);
  }

  @Post('pull-tokens')
  @RequiresRole('operator')
  @Audited('connection.pull-tokens')
  @HttpCode(202)
  @ApiOperation({ summary: "Pull the partner's tokens soon; the outcome shows in `tokenPull`" })
  @ApiResponse({ status: 202, type: ConnectionDetails })
  async pullTokens(
    @Param('id') id: string,
    @Body() { full }: PullTokensRequest,
  ): Promise<ConnectionDetails> {
    if (this.connections.get(id).state !== 'registered') {
      throw Problem.conflict('The partner is not registered');
    }
    await requestTokenPull(this.dataSource, id, full === true ? 'full' : 'delta');
    return this.overview.get(id);
  }

  @Post('token-a')
  @RequiresRole('operator')
  @Audited('connection.token-a')
  @ApiOperation({ summary: 'Issue a new token A, shown once; earlier ones die' })
  @ApiResponse({ status: 201, type: IssuedTokenA })
  async token(@Param('id') id: string): Promise<IssuedTokenA> {
    const { token, versionsUrl } = await this.connections.inviteAnew(id);
    return { tokenA: token, versionsUrl };
  }
}
