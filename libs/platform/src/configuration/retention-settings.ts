import { Setting } from './setting.js';

/** How long things are kept that come by themselves. */
export class RetentionSettings {
  @Setting({
    env: 'OCPI_INBOX_RETENTION_HOURS',
    kind: 'number',
    min: 0.1,
    max: 8760,
    default: '72',
    description: 'How long the id of an event is remembered, so that a repeat is dropped.',
  })
  inboxRetentionHours: number;

  @Setting({
    env: 'OCPI_CHANGE_LOG_RETENTION_HOURS',
    kind: 'number',
    min: 0.1,
    max: 8760,
    default: '168',
    description:
      'How long changes are kept, and messages to the CSMS that were taken; a partner away for longer is caught up by a walk through all it may see.',
  })
  changeLogRetentionHours: number;

  @Setting({
    env: 'OCPI_COMMAND_RETENTION_HOURS',
    kind: 'integer',
    min: 24,
    max: 87_600,
    default: '720',
    description:
      'How long a finished command is kept from its receipt, and a reservation from its end; a day at least, for the drivers they let in.',
  })
  commandRetentionHours: number;

  @Setting({
    env: 'OCPI_SESSION_RETENTION_DAYS',
    kind: 'integer',
    min: 30,
    max: 36_500,
    default: '730',
    description: 'How long Sessions are kept after their last change; those that run stay.',
  })
  sessionRetentionDays: number;

  // Longer than the change log may be kept: no feed comes to a CDR that is gone.
  @Setting({
    env: 'OCPI_CDR_RETENTION_DAYS',
    kind: 'integer',
    min: 366,
    max: 36_500,
    default: '3650',
    description:
      'How long CDRs are kept, with receipts and what was sent; those that a partner has not acknowledged stay.',
  })
  cdrRetentionDays: number;

  @Setting({
    env: 'OCPI_EXCHANGE_RETENTION_DAYS',
    kind: 'integer',
    min: 1,
    max: 3650,
    default: '90',
    description:
      'How long the last request about an object, and the answer to it, are kept for people who look for it.',
  })
  exchangeRetentionDays: number;

  @Setting({
    env: 'OCPI_PARKED_EVENT_RETENTION_DAYS',
    kind: 'integer',
    min: 1,
    max: 3650,
    default: '365',
    description: 'How long events of the CSMS that could not be used are kept.',
  })
  parkedEventRetentionDays: number;
}
