import { Setting } from './setting.js';

/** How much is kept of the messages of a partner whose trace is on. */
export class MessageTraceSettings {
  @Setting({
    env: 'OCPI_TRACE_RETENTION_HOURS',
    kind: 'integer',
    min: 1,
    max: 8760,
    default: '72',
    description: 'How long the messages of a trace are kept.',
  })
  traceRetentionHours: number;

  @Setting({
    env: 'OCPI_TRACE_BODY_CHARACTERS',
    kind: 'integer',
    min: 1000,
    max: 1_000_000,
    default: '32768',
    description: 'Of a longer body so many characters are kept.',
  })
  traceBodyCharacters: number;

  @Setting({
    env: 'OCPI_TRACE_MESSAGES',
    kind: 'integer',
    min: 10,
    max: 100_000,
    default: '5000',
    description: 'The most messages that are kept of one partner; the newest stay.',
  })
  traceMessages: number;

  @Setting({
    env: 'OCPI_TRACE_MEGABYTES',
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: '50',
    description: 'The most that is kept of one partner; the newest stay.',
  })
  traceMegabytes: number;
}
