import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { INCOMING_TOPICS, isTombstone, topicName } from '#csms-contract';
import { isDatabaseAway } from '#database';
import { createLogger, GatewaySettings, GracefulShutdown, Metrics, ReadinessGate } from '#platform';
import { type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventProcessor } from '../events/event-processor.js';
import { DeadLetters } from './dead-letters.js';
import { CONSUMER_RETRY, kafkaClient } from './kafka-client.js';
import { KafkaEvent } from './kafka-event.js';
import { OffsetCommits } from './offset-commits.js';

const EVENTS_AT_ONCE = 1000;
const PARTITIONS_AT_ONCE = 4;
/** An empty fetch asks about every partition and is answered at once when something arrives, so it may wait. */
const FETCH_WAIT_MS = 100;
/**
 * kafkajs decodes a whole answer before it hands out the first record, and records cost five times their bytes while they
 * wait: at its defaults (1 MiB per partition, 10 MiB) most of them grow old on the heap. One partition's share is about
 * one transaction of status events; a record that is larger comes all the same.
 */
const FETCH_BYTES = { maxBytesPerPartition: 512 * 1024, maxBytes: 4 * 1024 * 1024 };
const START_RETRY_MS = 1000;
const PAUSE_MS = { first: 250, last: 5000 };

/**
 * The contract's Kafka binding: offsets are committed after the database transaction, a database that is away pauses the
 * partition, and no record stops one (D3).
 */
@Injectable()
export class KafkaBinding implements OnApplicationBootstrap {
  private readonly log = createLogger('kafka-binding');
  private readonly stopping = new AbortController();
  private readonly commits = new OffsetCommits();
  private consumer: Consumer | undefined;
  private deadLetters: DeadLetters | undefined;
  private joined = false;
  private failures = 0;

  constructor(
    private readonly settings: GatewaySettings,
    private readonly processor: EventProcessor,
    private readonly gate: ReadinessGate,
    private readonly shutdown: GracefulShutdown,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    const kafka = kafkaClient(this.settings);
    if (!kafka) return;
    this.gate.register('kafka', () =>
      this.joined
        ? Promise.resolve(undefined)
        : Promise.reject(new Error('the consumer has not joined its group')),
    );
    this.shutdown.onDrain('kafka', () => this.stop());
    void this.start(kafka);
  }

  /** Lets the batch in flight end and leaves the group. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.joined = false;
    await this.commits.flush();
    await this.consumer?.disconnect().catch(() => undefined);
    await this.deadLetters?.close();
  }

  private async start(kafka: Kafka): Promise<void> {
    this.deadLetters = new DeadLetters(kafka, this.metrics);
    for (let attempt = 1; !this.stopping.signal.aborted; attempt++) {
      try {
        await this.consume(kafka);
        return;
      } catch (error) {
        const level = attempt === 1 ? 'warn' : 'debug';
        this.log[level]({ err: error }, 'Kafka cannot be read yet');
        await this.consumer?.disconnect().catch(() => undefined);
        await sleep(START_RETRY_MS, undefined, { signal: this.stopping.signal }).catch(
          () => undefined,
        );
      }
    }
  }

  private async consume(kafka: Kafka): Promise<void> {
    const topics = INCOMING_TOPICS.map((id) => topicName(id, this.settings.kafkaTopicPrefix));
    await requireTopics(kafka, topics);
    const sessionTimeout = this.settings.kafkaSessionTimeoutMs;
    const consumer = kafka.consumer({
      groupId: this.settings.kafkaGroupId,
      sessionTimeout,
      heartbeatInterval: Math.min(1000, Math.floor(sessionTimeout / 5)),
      rebalanceTimeout: Math.max(sessionTimeout, 10_000),
      maxWaitTimeInMs: FETCH_WAIT_MS,
      ...FETCH_BYTES,
      allowAutoTopicCreation: false,
      retry: CONSUMER_RETRY,
    });
    this.consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, () => (this.joined = true));
    for (const event of [consumer.events.CRASH, consumer.events.DISCONNECT, consumer.events.STOP]) {
      consumer.on(event, () => (this.joined = false));
    }
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.eachBatch(payload),
    });
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    // kafkajs limits these to one per heartbeat interval by itself; a rebalance shows up in the next call of ours.
    const beats = setInterval(() => void payload.heartbeat().catch(() => undefined), 500);
    try {
      for (let start = 0; start < batch.messages.length; start += EVENTS_AT_ONCE) {
        if (!payload.isRunning() || payload.isStale() || this.stopping.signal.aborted) return;
        const messages = batch.messages.slice(start, start + EVENTS_AT_ONCE);
        if (!(await this.take(payload, messages))) return;
        await payload.heartbeat();
      }
    } finally {
      clearInterval(beats);
    }
  }

  /** False when the database is away: the partition rests a while, and its records come again. */
  private async take(
    payload: EachBatchPayload,
    messages: EachBatchPayload['batch']['messages'],
  ): Promise<boolean> {
    const { topic, partition } = payload.batch;
    const events = messages
      .filter((message) => !isTombstone(message))
      .map((message) => new KafkaEvent(topic, partition, message));
    try {
      const outcomes = await this.processor.process(events);
      this.failures = 0;
      const parked = events.flatMap((event, index) => {
        const { outcome, reason = '' } = outcomes[index] ?? {};
        return outcome === 'parked' ? [{ event, reason }] : [];
      });
      await this.deadLetters?.send(topic, parked);
    } catch (error) {
      this.rest(payload.pause(), error, { topic, partition });
      return false;
    }
    const last = messages.at(-1);
    if (last) payload.resolveOffset(last.offset);
    this.commits.after(() => payload.commitOffsetsIfNecessary(payload.uncommittedOffsets()));
    if (this.stopping.signal.aborted) await this.commits.flush();
    return true;
  }

  private rest(resume: () => void, error: unknown, where: Record<string, unknown>): void {
    const level = isDatabaseAway(error) ? 'warn' : 'error';
    this.log[level]({ err: error, ...where }, 'partition paused');
    const pauseMs = Math.min(PAUSE_MS.first * 2 ** Math.min(this.failures++, 10), PAUSE_MS.last);
    setTimeout(resume, pauseMs).unref();
  }
}

async function requireTopics(kafka: Kafka, topics: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !known.has(topic));
    if (missing.length > 0) throw new Error(`topics are missing: ${missing.join(', ')}`);
  } finally {
    await admin.disconnect();
  }
}
