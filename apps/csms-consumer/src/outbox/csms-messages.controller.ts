import { toStructured } from '#csms-contract';
import {
  MessagePoll,
  type PolledMessages,
  printableMessage,
  restateTokens,
  UnknownPageTokenError,
} from '#csms-requests';
import { GatewaySettings, GracefulShutdown } from '#platform';
import {
  BadRequestException,
  ConflictException,
  Controller,
  Get,
  Headers,
  HttpCode,
  Post,
  Query,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { isDatabaseAway } from '../events/database-faults.js';
import { CsmsClientKeys } from './csms-client-keys.js';
import { OutboxTail } from './outbox-tail.js';
import { readPollQuery } from './poll-query.js';

/** The outbox for a CSMS that cannot be called: it asks, and the answer waits until there is something. */
@Controller('csms/v1/messages')
export class CsmsMessagesController {
  private readonly messages: MessagePoll;

  constructor(
    private readonly dataSource: DataSource,
    tail: OutboxTail,
    private readonly keys: CsmsClientKeys,
    private readonly settings: GatewaySettings,
    private readonly shutdown: GracefulShutdown,
  ) {
    this.messages = new MessagePoll(dataSource, tail);
  }

  /** 200 with `{messages, next}`, or 204 when nothing came. */
  @Get()
  async poll(
    @Headers('authorization') authorization: string | undefined,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const found = await refusingWhenAway(reply, async () => {
      const client = await this.keys.clientOf(authorization);
      if (this.settings.csmsOut !== 'http') {
        throw new ConflictException(`OCPI_CSMS_OUT is ${this.settings.csmsOut}: messages go there`);
      }
      if (client.hasWebhook) {
        throw new ConflictException('this client gets its messages at its webhook');
      }
      const request = { ...readPollQuery(query), client: client.name, parties: client.parties };
      return this.messages.poll(request, this.untilGone(reply));
    });
    if (!found) {
      reply.status(204);
      return undefined;
    }
    reply.header('content-type', 'application/json; charset=utf-8');
    return this.print(found);
  }

  /** States all tokens anew to every CSMS; answers when they are in the outbox. */
  @Post('restate-tokens')
  @HttpCode(200)
  async restateTokens(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ stated: number }> {
    return refusingWhenAway(reply, async () => {
      await this.keys.clientOf(authorization);
      return { stated: await restateTokens(this.dataSource) };
    });
  }

  private print({ rows, next }: PolledMessages): string {
    const events = rows.map((row) => toStructured(printableMessage(row, this.settings.publicUrl)));
    return `{"messages":[${events.join(',')}],"next":${JSON.stringify(next)}}`;
  }

  /** Nobody waits for a client that hung up, nor through a shutdown. */
  private untilGone(reply: FastifyReply): AbortSignal {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return AbortSignal.any([gone.signal, this.shutdown.signal]);
  }
}

async function refusingWhenAway<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnknownPageTokenError) {
      throw new BadRequestException('after: not a token of this gateway', { cause: error });
    }
    if (!isDatabaseAway(error)) throw error;
    reply.header('retry-after', '2');
    throw new ServiceUnavailableException('the database is away', { cause: error });
  }
}
