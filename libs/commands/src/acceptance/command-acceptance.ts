import { Injectable } from '@nestjs/common';
import { retryOnCollision } from '#database';
import {
  checkExpiry,
  type Command,
  type CommandResponse,
  decodeCommand,
  findCommandType,
  OcpiError,
  STATUS_CODES,
} from '#ocpi';
import { ConnectionObservations } from '#partners';
import { Clock, GatewaySettings, Metrics } from '#platform';
import { DataSource } from 'typeorm';
import { CommandSignal } from '../command-signal.js';
import { commandTiming } from '../command-timing.js';
import { judgeCancel } from './cancel-reservation.js';
import { type CommandCaller, senderOf } from './command-caller.js';
import { type CommandScope } from './command-scope.js';
import { judgeReserve } from './reserve-now.js';
import { ResponseUrls } from './response-urls.js';
import { judgeStart } from './start-session.js';
import { judgeStop } from './stop-session.js';
import { judgeUnlock } from './unlock-connector.js';
import {
  type Acceptance,
  notSupported,
  type CommandRefusal,
  rejected,
  type CommandVerdict,
} from './command-verdict.js';

/** The answer to a command: what is in the envelope, and its status code. */
export interface CommandAnswer extends CommandResponse {
  statusCode: number;
}

/**
 * Takes a partner's command on, or says why not, by what is stored: never by asking the CSMS (CMD-10, P8). What is
 * accepted is committed when this returns: the command, its callback and the request in the outbox.
 */
@Injectable()
export class CommandAcceptance {
  constructor(
    private readonly dataSource: DataSource,
    private readonly urls: ResponseUrls,
    private readonly signal: CommandSignal,
    private readonly observations: ConnectionObservations,
    private readonly settings: GatewaySettings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** `name` is the command as the URL has it. @throws OcpiError 2001 for a body that is none of this command */
  async accept(
    caller: CommandCaller,
    name: string,
    wire: unknown,
    correlationId: string,
  ): Promise<CommandAnswer> {
    const type = findCommandType(caller.version, name);
    if (!type) return this.answer('OTHER', notSupported(`no command ${name.slice(0, 50)} here`));
    const sender = senderOf(caller);
    if (!sender) return this.answer(type, rejected('the connection has no party'));
    const { strictOffsets } = caller.connection.profile;
    const decoded = decodeCommand(caller.version, type, wire, { sender, strictOffsets });
    if (!decoded.ok) throw OcpiError.invalidParameters(decoded.errors);
    const { command, deviations } = decoded.value;
    const receivedAt = this.clock.now();
    if (command.type === 'RESERVE_NOW') {
      const past = checkExpiry(command.body, receivedAt);
      if (past.length > 0) throw OcpiError.invalidParameters(past);
    }
    for (const deviation of deviations)
      this.observations.deviation(caller.connection.id, deviation);
    const timing = commandTiming(receivedAt, this.settings.commandTimeoutSeconds);
    const scope = { source: this.dataSource, caller, sender, timing, correlationId };
    const [urlRefusal, verdict] = await Promise.all([
      this.urls.whyRefused(caller.connection, command.body.response_url),
      judge(scope, command),
    ]);
    if (verdict.kind === 'accepted' && urlRefusal !== undefined) {
      return this.answer(type, rejected(`response_url: ${urlRefusal}`));
    }
    if (verdict.kind === 'accepted') await this.open(verdict);
    return this.answer(type, verdict);
  }

  private async open(acceptance: Acceptance): Promise<void> {
    await retryOnCollision(() => this.dataSource.transaction((tx) => acceptance.open(tx)));
    this.signal.notify();
  }

  private answer(kind: string, verdict: Acceptance | CommandRefusal): CommandAnswer {
    const timeoutSeconds = this.settings.commandTimeoutSeconds;
    const result = verdict.kind === 'accepted' ? 'ACCEPTED' : verdict.result;
    this.metrics.commandsTotal.inc({ kind, answer: result });
    if (verdict.kind === 'accepted') {
      return { result: 'ACCEPTED', timeoutSeconds, statusCode: STATUS_CODES.success };
    }
    const { statusCode, reason } = verdict;
    const message = [{ language: 'en', text: reason }];
    return { result: verdict.result, timeoutSeconds, statusCode, message };
  }
}

function judge(scope: CommandScope, { type, body }: Command): Promise<CommandVerdict> {
  switch (type) {
    case 'START_SESSION':
      return judgeStart(scope, body);
    case 'STOP_SESSION':
      return judgeStop(scope, body);
    case 'RESERVE_NOW':
      return judgeReserve(scope, body);
    case 'CANCEL_RESERVATION':
      return judgeCancel(scope, body);
    case 'UNLOCK_CONNECTOR':
      return judgeUnlock(scope, body);
  }
}
