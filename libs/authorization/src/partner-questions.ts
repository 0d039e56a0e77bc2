import {
  encodeLocationReferences,
  joinUrl,
  type LocationReferences,
  type OcpiVersion,
  type PartyId,
  tokenTypeFor,
  withQuery,
} from '#ocpi';
import { type Connection, endpointUrl, isLive, PartnerClient } from '#partners';
import { createLogger, Metrics, newCorrelationId } from '#platform';
import { Injectable } from '@nestjs/common';
import { type AskedToken, type PartnerWord, partnerWord } from './partner-word.js';
import { SharedAnswers } from './shared-answers.js';

export interface RealTimeQuestion {
  connection: Connection;
  token: AskedToken;
  /** The hosted party at whose station the driver stands. */
  from: PartyId;
  /** Left out: whoever the partner finds behind it (open routing, TRN-60). */
  to?: PartyId | undefined;
  locationId: string;
  /** Where the driver stands; undefined where the station does not tell. */
  evseUid: string | undefined;
  /** All that the Location has. */
  evseUids: readonly string[];
}

type Reachable = Connection & { version: OcpiVersion };

/**
 * Asks partners in real time, `POST …/tokens/{uid}/authorize?type=…` with the place (TOK-24, TOK-25). Who asks the same
 * while an answer is awaited shares it; nothing is kept beyond (TOK-21).
 */
@Injectable()
export class PartnerQuestions {
  private readonly log = createLogger('authorization');
  private readonly shared = new SharedAnswers<PartnerWord>();

  constructor(
    private readonly client: PartnerClient,
    private readonly metrics: Metrics,
  ) {}

  /** Never throws. At the abort of `signal`, or when the partner's time limit is over, it is unreachable. */
  async ask(question: RealTimeQuestion, signal: AbortSignal): Promise<PartnerWord> {
    const { connection, token, from, to, locationId, evseUid } = question;
    const url = isLive(connection) ? endpointUrl(connection, 'tokens', 'SENDER') : undefined;
    if (url === undefined || !isLive(connection)) {
      return { kind: 'unreachable', why: 'not connected, paused, or without a tokens endpoint' };
    }
    const asked = [connection.id, from, to, token.uid, token.type, locationId, evseUid];
    const key = JSON.stringify(asked).toUpperCase();
    const work = (given: AbortSignal) => this.exchange({ ...question, connection }, url, given);
    const word = await this.shared.get(key, signal, work);
    return word ?? { kind: 'unreachable', why: 'no answer in time' };
  }

  private async exchange(
    question: RealTimeQuestion & { connection: Reachable },
    endpoint: string,
    given: AbortSignal,
  ): Promise<PartnerWord> {
    const { evseUid, evseUids } = question;
    const limit = AbortSignal.timeout(question.connection.profile.authorizeTimeoutMs);
    const signal = AbortSignal.any([given, limit]);
    const named = evseUid !== undefined ? [evseUid] : evseUids.length === 1 ? evseUids : undefined;
    try {
      const word = await this.send(question, endpoint, named, signal);
      if (word.kind !== 'more') return word;
      const why = 'the partner asks for more than we know';
      if (named || evseUids.length === 0) return { kind: 'refused', verdict: 'NOT_ALLOWED', why };
      const again = await this.send(question, endpoint, evseUids, signal);
      return again.kind === 'more' ? { kind: 'refused', verdict: 'NOT_ALLOWED', why } : again;
    } catch (error) {
      this.log.error({ err: error, connection: question.connection.id }, 'could not be asked');
      return { kind: 'unreachable', why: 'could not be asked' };
    }
  }

  private async send(
    { connection, token, from, to, locationId }: RealTimeQuestion & { connection: Reachable },
    endpoint: string,
    evseUids: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<PartnerWord> {
    if (/^\.\.?$/.test(token.uid)) return { kind: 'unknown' }; // no URL can name it
    const references: LocationReferences = {
      location_id: locationId,
      ...(evseUids && { evse_uids: [...evseUids] }),
    };
    const type = tokenTypeFor(connection.version, token.type);
    const answer = await this.client.request({
      connectionId: connection.id,
      module: 'tokens',
      version: connection.version,
      method: 'POST',
      url: withQuery(joinUrl(endpoint, token.uid, 'authorize'), { type }),
      token: connection.outboundToken(),
      encoding: connection.outboundEncoding,
      ...(connection.profile.routingHeaders && { routing: { from, ...(to && { to }) } }),
      body: JSON.stringify(encodeLocationReferences(references)),
      timeoutMs: connection.profile.authorizeTimeoutMs,
      correlationId: newCorrelationId(),
      signal,
    });
    const seconds = answer.durationMs / 1000;
    this.metrics.authorizationPartnerDurationSeconds.observe(
      { connection: connection.id },
      seconds,
    );
    return partnerWord(answer, { connection, token, references });
  }
}
