import { toStructured } from '#csms-contract';
import {
  MessagePoll,
  type PolledMessages,
  printableMessage,
  restateTokens,
  UnknownPageCursorError,
} from '#csms-requests';
import { isDatabaseAway } from '#database';
import { GatewaySettings, GracefulShutdown } from '#platform';
import {
  BadRequestException,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { type CsmsClient } from '../events/incoming-event.js';
import { BusyException } from '../http/busy-exception.js';
import { BusyFilter } from '../http/busy.filter.js';
import { CsmsClientGuard } from '../http/csms-client.guard.js';
import { OutboxTail } from './outbox-tail.js';
import { type PollQuery, readPollQuery } from './poll-query.js';
import { WebhookClients } from './webhook-clients.js';

/** The outbox for a CSMS that cannot be called: it asks, and the answer waits until there is something. */
@Controller('csms/v1/messages')
@UseGuards(CsmsClientGuard)
@UseFilters(BusyFilter)
export class CsmsMessagesController {
  private readonly messages: MessagePoll;

  constructor(
    private readonly dataSource: DataSource,
    tail: OutboxTail,
    private readonly webhooks: WebhookClients,
    private readonly settings: GatewaySettings,
    private readonly shutdown: GracefulShutdown,
  ) {
    this.messages = new MessagePoll(dataSource, tail);
  }

  /** 200 with `{messages, next}`, or 204 when nothing came. */
  @Get()
  async poll(
    @Req() request: FastifyRequest,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const found = await this.find(request.csmsClient, readPollQuery(query), this.untilGone(reply));
    if (!found) {
      reply.status(204);
      return undefined;
    }
    reply.header('content-type', 'application/json; charset=utf-8');
    const events = found.rows.map((row) =>
      toStructured(printableMessage(row, this.settings.publicUrl)),
    );
    return `{"messages":[${events.join(',')}],"next":${JSON.stringify(found.next)}}`;
  }

  /** States all tokens anew to every CSMS; answers when they are in the outbox. */
  @Post('restate-tokens')
  @HttpCode(200)
  async restateTokens(): Promise<{ stated: number }> {
    return { stated: await busyWhenAway(() => restateTokens(this.dataSource)) };
  }

  private find(
    client: CsmsClient | undefined,
    query: PollQuery,
    signal: AbortSignal,
  ): Promise<PolledMessages | undefined> {
    const { csmsOut } = this.settings;
    if (csmsOut !== 'http') {
      throw new ConflictException(`OCPI_CSMS_OUT is ${csmsOut}: messages go there`);
    }
    return busyWhenAway(async () => {
      const { name = '', parties = [] } = client ?? {};
      if (await this.webhooks.has(name)) {
        throw new ConflictException('this client gets its messages at its webhook');
      }
      return this.messages.poll({ ...query, client: name, parties }, signal);
    });
  }

  /** Nobody waits for a client that hung up, nor through a shutdown. */
  private untilGone(reply: FastifyReply): AbortSignal {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return AbortSignal.any([gone.signal, this.shutdown.signal]);
  }
}

async function busyWhenAway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseAway(error)) throw new BusyException('the database is away', { cause: error });
    if (!(error instanceof UnknownPageCursorError)) throw error;
    throw new BadRequestException('after: not a token of this gateway', { cause: error });
  }
}
