import { Authorizer } from '#authorization';
import { CommandSignal } from '#commands';
import { Wakeup } from '#csms-requests';
import { Clock, createLogger, GracefulShutdown, inSpan, Metrics } from '#platform';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventProcessor } from '../events/event-processor.js';
import {
  answerQuestion,
  expireQuestions,
  keepQuestions,
  type TakenQuestion,
  takeQuestions,
} from './stored-questions.js';

const AT_ONCE = 32;
/** What a process that died was at is taken up by another one after this. */
const LEASE_MS = 2000;
const RENEW_EVERY_MS = 500;
/** New questions of this process wake it; this is for those of others, which died or have too many. */
const LOOK_EVERY_MS = 500;

/**
 * Decides the questions that came as events. Each is decided at least once and answered at most once, by whatever process
 * is alive before its deadline.
 */
@Injectable()
export class AuthorizationWorker implements OnApplicationBootstrap {
  private readonly log = createLogger('authorization');
  private readonly wakeup = new Wakeup();
  private readonly inHand = new Map<TakenQuestion, Promise<void>>();
  private renewing: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly authorizer: Authorizer,
    private readonly processor: EventProcessor,
    private readonly signal: CommandSignal,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly shutdown: GracefulShutdown,
  ) {}

  onApplicationBootstrap(): void {
    this.processor.onWaiting('authorizations', this.wakeup.notify);
    this.renewing = setInterval(() => void this.renew(), RENEW_EVERY_MS);
    this.running = this.run();
    this.shutdown.onDrain('authorizations', () => this.stop());
  }

  /** Ends what is in hand and takes no more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.wakeup.notify();
    await this.running;
    await Promise.all(this.inHand.values());
    clearInterval(this.renewing);
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        const expired = await expireQuestions(this.dataSource, this.clock.now());
        if (expired > 0) this.expired(expired);
        await this.takeSome();
      } catch (error) {
        this.log.warn({ err: error }, 'questions cannot be read');
      }
      await this.wakeup.wait(LOOK_EVERY_MS);
    }
  }

  private async takeSome(): Promise<void> {
    const free = AT_ONCE - this.inHand.size;
    if (free <= 0) return;
    for (const taken of await takeQuestions(this.dataSource, free, LEASE_MS)) {
      const span = { parent: taken.traceparent, attributes: { 'ocpi.authorization_id': taken.id } };
      const work = inSpan('authorization', span, () => this.answer(taken)).finally(() => {
        this.inHand.delete(taken);
        if (this.inHand.size === AT_ONCE - 1) this.wakeup.notify();
      });
      this.inHand.set(taken, work);
    }
  }

  /** What fails here comes again when its lease is over. */
  private async answer(taken: TakenQuestion): Promise<void> {
    try {
      const answer = await this.authorizer.decide(taken.question);
      await answerQuestion(this.dataSource, taken, answer, this.clock.now());
      this.signal.notify();
    } catch (error) {
      this.log.warn({ err: error, authorizationId: taken.id }, 'could not be decided yet');
    }
  }

  private async renew(): Promise<void> {
    if (this.inHand.size === 0) return;
    await keepQuestions(this.dataSource, [...this.inHand.keys()], LEASE_MS).catch(() => undefined);
  }

  private expired(count: number): void {
    this.metrics.authorizationsExpiredTotal.inc(count);
    this.log.warn({ count }, 'questions were not decided before their deadline');
  }
}
