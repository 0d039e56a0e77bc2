import { type ParsedEvent, parseKafkaMessage } from '#csms-contract';
import { type KafkaMessage } from 'kafkajs';
import { type IncomingEvent } from '../events/incoming-event.js';

/** A record as an event. Where it came from is spelled out only when it has to be put aside. */
export class KafkaEvent implements IncomingEvent {
  readonly binding = 'kafka';
  readonly parsed: ParsedEvent;

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly message: KafkaMessage,
  ) {
    this.parsed = parseKafkaMessage(message);
  }

  get raw(): Buffer {
    return this.message.value ?? Buffer.alloc(0);
  }

  get origin(): Record<string, unknown> {
    const { offset, key, headers = {} } = this.message;
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]);
    return {
      topic: this.topic,
      partition: this.partition,
      offset,
      key: key?.toString() ?? null,
      headers: Object.fromEntries(texts),
    };
  }
}
