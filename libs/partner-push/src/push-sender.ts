import { type PartyId, type Routing } from '#ocpi';
import {
  type Connection,
  outcomeOf,
  type PartnerAnswer,
  type PartnerClient,
  type PushOutcome,
} from '#partners';
import { createLogger, type Metrics, newCorrelationId } from '#platform';
import { type ExchangeLog } from './records/exchange-log.js';

export interface PushRequest {
  method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  url: string;
  /** JSON text. */
  body?: string;
  /** `location`, `evse`, `connector`, `tariff`, `session`, `cdr`. */
  kind: string;
  /** `NL*AAA/LOC1/3256`, for people. */
  objectName: string;
  /** The hosted party that owns the object (TRN-41, TRN-52). */
  from: PartyId;
  /** The party it is for; left out: the party behind the connection. */
  to?: PartyId | undefined;
}

export interface SentPush {
  outcome: PushOutcome;
  answer: PartnerAnswer;
}

const log = createLogger('partner-push');

/** The way from a feed to its partner: headers, message ids, judgement of the answer, records of what was said. */
export class PushSender {
  private readonly token: string;
  private readonly partner: PartyId | undefined;
  private hasDeviation = false;

  constructor(
    private readonly client: PartnerClient,
    readonly connection: Connection,
    private readonly records: { exchanges: ExchangeLog; metrics: Metrics },
    private readonly onDeviation: (name: string) => void,
    /** False once the feed is no longer ours: what was prepared before must not leave after (P3). */
    private readonly mayLeave: () => boolean,
  ) {
    this.token = connection.outboundToken();
    this.partner = addressee(connection);
  }

  /** Sends one request; never throws. Every request caused by one change may share a correlation id. */
  async send(request: PushRequest, correlationId = newCorrelationId()): Promise<SentPush> {
    const { connection } = this;
    if (!this.mayLeave()) return notSent();
    const { profile } = connection;
    const answer = await this.client.request({
      connectionId: connection.id,
      module: moduleOf(request.kind),
      version: connection.version ?? undefined,
      method: request.method,
      url: request.url,
      token: this.token,
      encoding: connection.outboundEncoding,
      routing: profile.routingHeaders ? this.routing(request) : undefined,
      body: request.body,
      timeoutMs: profile.timeoutMs,
      correlationId,
    });
    const outcome = outcomeOf(answer, profile);
    this.record(request, answer, outcome);
    return { outcome, answer };
  }

  /** Asks the partner's versions endpoint: does it answer at all? */
  async isAnswering(): Promise<boolean> {
    const { connection } = this;
    if (connection.versionsUrl === null) return true;
    const answer = await this.client.request({
      connectionId: connection.id,
      module: 'versions',
      version: connection.version ?? undefined,
      method: 'GET',
      url: connection.versionsUrl,
      token: this.token,
      encoding: connection.outboundEncoding,
      timeoutMs: connection.profile.timeoutMs,
    });
    return outcomeOf(answer).kind === 'delivered';
  }

  private routing({ from, to }: PushRequest): Routing {
    const addressed = to ?? this.partner;
    return { from, ...(addressed && { to: addressed }) };
  }

  private record(request: PushRequest, answer: PartnerAnswer, outcome: PushOutcome): void {
    const { connection, records } = this;
    records.metrics.pushAttemptsTotal.inc({
      connection: connection.id,
      module: moduleOf(request.kind),
      outcome: outcome.kind,
    });
    records.metrics.pushDurationSeconds.observe(
      { connection: connection.id },
      answer.durationMs / 1000,
    );
    records.exchanges.note({
      connectionId: connection.id,
      kind: request.kind,
      objectName: request.objectName,
      method: request.method,
      url: request.url,
      request: request.body,
      answer,
      outcome: outcome.kind,
    });
    if (outcome.kind === 'delivered') {
      if (outcome.deviation !== undefined && !this.hasDeviation) {
        this.hasDeviation = true;
        this.onDeviation(outcome.deviation);
      }
      if (log.isLevelEnabled('debug')) {
        log.debug({ ...this.line(request, answer), outcome: outcome.kind }, 'push');
      }
    } else {
      const { kind, reason } = outcome;
      log.warn({ ...this.line(request, answer), outcome: kind, reason }, 'push');
    }
  }

  private line(request: PushRequest, answer: PartnerAnswer) {
    return {
      connection: this.connection.id,
      version: this.connection.version,
      method: request.method,
      object: request.objectName,
      requestId: answer.requestId,
      durationMs: answer.durationMs,
    };
  }
}

/** As after a failure: whoever holds the feed now tells the current state. */
function notSent(): SentPush {
  const message = 'the lease of the feed is over';
  return {
    outcome: { kind: 'unavailable', reason: message },
    answer: { kind: 'failed', reason: 'aborted', message, durationMs: 0, requestId: '' },
  };
}

const moduleOf = (kind: string): string =>
  kind === 'evse' || kind === 'connector' ? 'locations' : `${kind}s`;

/** Whom Locations and Tariffs are addressed to: the connection's party; its eMSP where it speaks for several. */
function addressee({ parties }: Connection): PartyId | undefined {
  const party =
    parties.find(({ role }) => role === 'EMSP') ??
    parties.find(({ role }) => role !== 'CPO') ??
    parties[0];
  return party && { country_code: party.countryCode, party_id: party.partyId };
}
