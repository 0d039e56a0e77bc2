import {
  BadRequestException,
  Controller,
  HttpCode,
  PayloadTooLargeException,
  Post,
  Req,
  UnsupportedMediaTypeException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import {
  BATCH_CONTENT_TYPE,
  type HttpEvent,
  LIMITS,
  readHttpBody,
  STRUCTURED_CONTENT_TYPE,
} from '#csms-contract';
import { isDatabaseAway } from '#database';
import { type FastifyRequest } from 'fastify';
import { EventProcessor } from '../events/event-processor.js';
import { type EventOutcome } from '../events/incoming-event.js';
import { BusyException } from './busy-exception.js';
import { BusyFilter } from './busy.filter.js';
import { CsmsClientGuard } from './csms-client.guard.js';

/** Events that may be at work at once; more would only wait in memory. */
const MAX_EVENTS_AT_WORK = 16_000;

interface EventResult extends EventOutcome {
  id: string | null;
}

/** The contract's HTTP binding: events in, an outcome for each. All outcomes of a 200 are committed. */
@Controller('csms/v1/events')
@UseGuards(CsmsClientGuard)
@UseFilters(BusyFilter)
export class EventsController {
  private atWork = 0;

  constructor(private readonly processor: EventProcessor) {}

  @Post()
  @HttpCode(200)
  async receive(@Req() request: FastifyRequest): Promise<{ results: EventResult[] }> {
    const events = eventsOf(request);
    const client = request.csmsClient;
    if (this.atWork + events.length > MAX_EVENTS_AT_WORK) throw new BusyException('behind');
    this.atWork += events.length;
    try {
      const outcomes = await this.processor.process(
        events.map(({ parsed, raw }) => ({
          binding: 'http',
          origin: { client: client?.name },
          raw,
          parsed,
          ...(client && { client }),
        })),
      );
      return {
        results: events.map(({ parsed }, index) => ({
          id: parsed.ok ? parsed.event.id : (parsed.attributes['id'] ?? null),
          outcome: outcomes[index]?.outcome ?? 'duplicate',
          ...(outcomes[index]?.reason !== undefined && { reason: outcomes[index].reason }),
          ...(outcomes[index]?.warnings && { warnings: outcomes[index].warnings }),
        })),
      };
    } catch (error) {
      if (isDatabaseAway(error)) throw new BusyException('the database is away');
      throw error;
    } finally {
      this.atWork -= events.length;
    }
  }
}

function eventsOf(request: FastifyRequest): HttpEvent[] {
  const type = request.declaredContentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (![BATCH_CONTENT_TYPE, STRUCTURED_CONTENT_TYPE, 'application/json'].includes(type)) {
    throw new UnsupportedMediaTypeException(
      `send ${BATCH_CONTENT_TYPE} or ${STRUCTURED_CONTENT_TYPE}`,
    );
  }
  const events = readHttpBody(request.body, request.rawBody);
  if (!events) throw new BadRequestException('the body is neither an event nor an array of events');
  if (events.length > LIMITS.maxBatchEvents) {
    throw new PayloadTooLargeException(`more than ${String(LIMITS.maxBatchEvents)} events`);
  }
  return events;
}
