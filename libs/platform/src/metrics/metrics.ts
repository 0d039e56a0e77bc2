import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const FAST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LAG_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200];
// One label of many values: few buckets.
const PARTNER_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Every metric of both processes. Base units, counters end in _total, no object ids in labels. The `connection` label is
 * the connection's id; its values are as many as there are connections.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];

  readonly ready = this.gauge(
    'ocpi_ready',
    '1 while the process takes traffic, by the checks of its readiness probe.',
    'app',
  );
  readonly connectionInfo = this.gauge(
    'ocpi_connection_info',
    '1 for every connection as it is now; the same from each replica.',
    'connection',
    'state',
    'version',
    'paused',
  );
  readonly httpRequestDurationSeconds = new Histogram({
    name: 'ocpi_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['route', 'method', 'status', 'version'],
    buckets: FAST_SECONDS,
    registers: this.registers,
  });
  readonly partnerCallsTotal = new Counter({
    name: 'ocpi_partner_calls_total',
    help: 'Requests of known partners that were answered, by HTTP status.',
    labelNames: ['connection', 'module', 'status'],
    registers: this.registers,
  });
  readonly requestsLimitedTotal = new Counter({
    name: 'ocpi_requests_limited_total',
    help: 'Requests on the public port that got HTTP 429, by who called too often: a partner, or an unknown caller.',
    labelNames: ['caller', 'connection'],
    registers: this.registers,
  });
  readonly pushAttemptsTotal = new Counter({
    name: 'ocpi_push_attempts_total',
    help: 'Requests sent to partners, by outcome.',
    labelNames: ['connection', 'module', 'outcome'],
    registers: this.registers,
  });
  readonly pushDurationSeconds = new Histogram({
    name: 'ocpi_push_duration_seconds',
    help: 'Time that a partner took over a request of its feed.',
    labelNames: ['connection'],
    buckets: PARTNER_SECONDS,
    registers: this.registers,
  });
  readonly pushLagSeconds = new Histogram({
    name: 'ocpi_push_lag_seconds',
    help: "Time from the CSMS's event to the partner's acknowledgement.",
    labelNames: ['module'],
    buckets: LAG_SECONDS,
    registers: this.registers,
  });
  readonly feedLagChanges = this.gauge(
    'ocpi_feed_lag_changes',
    'Changes in the log that a feed has not read.',
    'connection',
  );
  readonly feedLagSeconds = this.gauge(
    'ocpi_feed_lag_seconds',
    'Age of the oldest change that a feed has not read.',
    'connection',
  );
  readonly feedState = this.gauge(
    'ocpi_feed_state',
    '1 for the state a feed is in, 0 for the others.',
    'connection',
    'state',
  );
  readonly parkedPushes = this.gauge(
    'ocpi_parked_pushes',
    'Objects that a partner refused and an operator has to look at.',
    'connection',
  );
  readonly owedCdrs = this.gauge(
    'ocpi_owed_cdrs',
    'CDRs that a partner has not acknowledged.',
    'connection',
  );
  readonly withheldCdrsTotal = new Counter({
    name: 'ocpi_withheld_cdrs_total',
    help: 'CDRs that a partner is not told, as its version cannot say them; they are settled by hand.',
    labelNames: ['connection'],
    registers: this.registers,
  });
  readonly csmsEventsTotal = new Counter({
    name: 'ocpi_csms_events_total',
    help: 'Events of the CSMS, by outcome.',
    labelNames: ['type', 'outcome'],
    registers: this.registers,
  });
  readonly csmsBatchDurationSeconds = new Histogram({
    name: 'ocpi_csms_batch_duration_seconds',
    help: 'Time from the receipt of a batch of events to its commit.',
    buckets: FAST_SECONDS,
    registers: this.registers,
  });
  readonly csmsParkedEvents = this.gauge(
    'ocpi_csms_parked_events',
    'Events of the CSMS that were put aside.',
    'state',
  );
  readonly csmsDeadLettersMissedTotal = new Counter({
    name: 'ocpi_csms_dead_letters_missed_total',
    help: 'Parked events that could not be copied to their dead letter topic.',
    registers: this.registers,
  });
  readonly prunedRowsTotal = new Counter({
    name: 'ocpi_pruned_rows_total',
    help: 'Rows that were removed because they had been kept long enough.',
    labelNames: ['table'],
    registers: this.registers,
  });
  readonly tableRows = this.gauge(
    'ocpi_table_rows',
    'Rows of a table, as PostgreSQL estimates.',
    'table',
  );
  readonly tableBytes = this.gauge(
    'ocpi_table_bytes',
    'Size of a table on disk, with its indexes and long texts.',
    'table',
  );
  readonly changeLogHorizonAgeSeconds = this.gauge(
    'ocpi_change_log_horizon_age_seconds',
    'Age of the oldest transaction that feeds have to wait for.',
  );
  readonly csmsOutboxLagMessages = this.gauge(
    'ocpi_csms_outbox_lag_messages',
    'Messages that a subscriber of the CSMS has not taken.',
    'subscriber',
  );
  readonly csmsMessagesGivenUpTotal = new Counter({
    name: 'ocpi_csms_messages_given_up_total',
    help: 'Messages that a subscriber of the CSMS did not get, because they are larger than its way takes.',
    labelNames: ['subscriber'],
    registers: this.registers,
  });
  readonly authorizationsTotal = new Counter({
    name: 'ocpi_authorizations_total',
    help: 'Drivers that the CSMS asked about, by who decided and how.',
    labelNames: ['decided_by', 'allowed'],
    registers: this.registers,
  });
  readonly authorizationDurationSeconds = new Histogram({
    name: 'ocpi_authorization_duration_seconds',
    help: "Time from the CSMS's question to the decision, partners' time included.",
    labelNames: ['decided_by'],
    buckets: FAST_SECONDS,
    registers: this.registers,
  });
  readonly authorizationPartnerDurationSeconds = new Histogram({
    name: 'ocpi_authorization_partner_duration_seconds',
    help: 'Time that a partner took over a request for authorization.',
    labelNames: ['connection'],
    buckets: PARTNER_SECONDS,
    registers: this.registers,
  });
  readonly authorizationsExpiredTotal = new Counter({
    name: 'ocpi_authorizations_expired_total',
    help: 'Questions of the CSMS whose deadline passed before a decision; they get no answer.',
    registers: this.registers,
  });
  readonly commandsTotal = new Counter({
    name: 'ocpi_commands_total',
    help: "Partners' commands, by what was answered at once.",
    labelNames: ['kind', 'answer'],
    registers: this.registers,
  });
  readonly commandResultsTotal = new Counter({
    name: 'ocpi_command_results_total',
    help: 'Accepted commands that ended, by outcome.',
    labelNames: ['kind', 'outcome'],
    registers: this.registers,
  });
  readonly commandDurationSeconds = new Histogram({
    name: 'ocpi_command_duration_seconds',
    help: "Time from a partner's command to its outcome.",
    labelNames: ['kind'],
    buckets: LAG_SECONDS,
    registers: this.registers,
  });
  readonly commandsOpen = this.gauge('ocpi_commands_open', 'Commands without an outcome yet.');
  readonly commandCallbacksTotal = new Counter({
    name: 'ocpi_command_callbacks_total',
    help: 'Results sent to a response_url, by what became of them; each is sent once.',
    labelNames: ['outcome'],
    registers: this.registers,
  });
  readonly csmsResultsDroppedTotal = new Counter({
    name: 'ocpi_csms_results_dropped_total',
    help: 'Results of the CSMS that did not count.',
    labelNames: ['why'],
    registers: this.registers,
  });
  readonly credentialsTokenAgeSeconds = this.gauge(
    'ocpi_credentials_token_age_seconds',
    'Age of the token that a partner uses towards us.',
    'connection',
  );
  readonly adminRefusalsTotal = new Counter({
    name: 'ocpi_admin_refusals_total',
    help: 'Requests to the admin API that were not let in: 401 unknown, 403 without the role, 429 too many wrong keys, 503 issuer away.',
    labelNames: ['status'],
    registers: this.registers,
  });
  readonly tracedMessagesDroppedTotal = new Counter({
    name: 'ocpi_traced_messages_dropped_total',
    help: 'Messages of a partner whose trace is on that were not kept, because they came too fast or could not be stored.',
    registers: this.registers,
  });
  readonly encryptedSecrets = this.gauge(
    'ocpi_encrypted_secrets',
    'Secrets at rest, by the use of the key they were encrypted with; those of an unknown key cannot be read.',
    'key',
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    // What has never been counted must be there as 0, or its first time is no increase to an alert.
    for (const outcome of ['delivered', 'refused', 'failed', 'unknown']) {
      this.commandCallbacksTotal.inc({ outcome }, 0);
    }
    this.requestsLimitedTotal.inc({ caller: 'unknown', connection: '' }, 0);
    for (const why of ['late', 'double', 'unknown']) this.csmsResultsDroppedTotal.inc({ why }, 0);
  }

  private gauge<L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
