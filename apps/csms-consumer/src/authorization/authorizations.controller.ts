import { Authorizer } from '#authorization';
import {
  type AuthorizationDecided,
  type AuthorizationRequested,
  authorizationRequestedChecker,
} from '#csms-contract';
import { isDatabaseAway } from '#database';
import { describeErrors, parseDateTime, partyKey } from '#ocpi';
import { Clock } from '#platform';
import {
  BadRequestException,
  Controller,
  ForbiddenException,
  HttpCode,
  Post,
  Req,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { hostedAmong } from '../events/hosted-parties.js';
import { BusyException } from '../http/busy-exception.js';
import { BusyFilter } from '../http/busy.filter.js';
import { CsmsClientGuard } from '../http/csms-client.guard.js';

/** For the way back of our answer. */
const WAY_BACK_MS = 100;
/** Longer than any partner is waited for, shorter than timers can count. */
const LONGEST_MS = 120_000;

/** May this driver charge? For stations that wait: answers with the decision, before the deadline of the question. */
@Controller('csms/v1/authorizations')
@UseGuards(CsmsClientGuard)
@UseFilters(BusyFilter)
export class AuthorizationsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly authorizer: Authorizer,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  async authorize(@Req() request: FastifyRequest): Promise<AuthorizationDecided> {
    const question = read(request.body);
    const leftMs = (parseDateTime(question.deadline)?.getTime() ?? 0) - this.clock.now().getTime();
    if (leftMs <= WAY_BACK_MS) {
      const now = this.clock.now().toISOString();
      throw new BadRequestException(`deadline: has passed, it is ${now}`);
    }
    const key = partyKey(question);
    if (!request.csmsClient?.parties.includes(key)) {
      throw new ForbiddenException(`party_id: this client may not ask for ${key}`);
    }
    return within(leftMs - WAY_BACK_MS, this.decide(question, key));
  }

  private async decide(
    question: AuthorizationRequested,
    key: string,
  ): Promise<AuthorizationDecided> {
    try {
      const hosted = await hostedAmong(this.dataSource, [key]);
      if (hosted.has(key)) return await this.authorizer.decide(question);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      throw new BusyException('the database is away', { cause: error });
    }
    throw new BadRequestException(`party_id: ${key} is not a party of this gateway`);
  }
}

function read(body: unknown): AuthorizationRequested {
  const decoded = authorizationRequestedChecker.decode(body);
  if (!decoded.ok) throw new BadRequestException(describeErrors(decoded.errors));
  return decoded.value;
}

/** Partners are given up in time by themselves; a database that hangs is not. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new BusyException('not decided in time')),
      Math.min(ms, LONGEST_MS),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
