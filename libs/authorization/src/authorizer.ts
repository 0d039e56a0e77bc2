import { type AuthorizationDecided, type AuthorizationRequested } from '#csms-contract';
import { emaidIssuer, parseDateTime, type PartyId, partyKey, sameParty } from '#ocpi';
import {
  cardEnding,
  type Connection,
  ConnectionDirectory,
  endpointUrl,
  findCard,
  isLive,
  partyIdOf,
} from '#partners';
import { Clock, createLogger, Metrics } from '#platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { authorizationAnswer } from './authorization-answer.js';
import { allowedByCommand, allowedByGroup, isOfApp, ownReservation } from './command-rule.js';
import { type Decision, refusal } from './decision.js';
import { type DriverFacts, type Place, readDriverFacts } from './driver-facts.js';
import { PartnerQuestions, type RealTimeQuestion } from './partner-questions.js';
import { type AskedToken, type PartnerWord } from './partner-word.js';
import { evseOf, whyClosed } from './place-rule.js';
import { type KnownToken, planFor } from './whitelist-rule.js';

/** Kept of a question's time for our own answer to be on its way before the deadline. */
const ANSWER_MARGIN_MS = 300;
/** Longer than any profile lets a partner take, shorter than timers can count. */
const LONGEST_MS = 60_000;

/** A question on its way. */
interface Asked {
  question: AuthorizationRequested;
  place: Place;
  /** Aborts when there is no more time for partners. */
  signal: AbortSignal;
}

/**
 * Decides whether a driver may charge: by a partner's command, by the stored token, by asking its partner, or, when that
 * cannot be reached, by the stored token again. Answers before the question's deadline whatever partners do; no
 * verdict is kept (TOK-21).
 */
@Injectable()
export class Authorizer {
  private readonly log = createLogger('authorization');

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly partners: PartnerQuestions,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Throws only when the database does. */
  async decide(question: AuthorizationRequested): Promise<AuthorizationDecided> {
    const startedAt = performance.now();
    const decision = await this.decideNow(question);
    const answer = await authorizationAnswer(this.dataSource, question, decision);
    this.report(question, decision, performance.now() - startedAt);
    return answer;
  }

  private async decideNow(question: AuthorizationRequested): Promise<Decision> {
    const now = this.clock.now();
    const leftMs = (parseDateTime(question.deadline)?.getTime() ?? 0) - now.getTime();
    const partnersMs = Math.min(Math.max(0, leftMs - ANSWER_MARGIN_MS), LONGEST_MS);
    const signal = AbortSignal.timeout(partnersMs);
    const facts = await readDriverFacts(this.dataSource, question, now);
    const { place } = facts;
    const closed = whyClosed(place, question.evse_uid, now);
    if (closed !== undefined || !place) {
      return refusal('NOT_ALLOWED', 'LOCAL', closed ?? 'the Location is not stated');
    }
    const commanded = allowedByCommand(facts, now);
    if (commanded) return commanded;
    const asked: Asked = { question, place, signal };
    const known = await this.knownToken(question, facts);
    const grouped = known?.isValid && allowedByGroup(facts, known.token, question.evse_uid, now);
    if (grouped) return grouped;
    const decision = known ? await this.byToken(known, asked) : await this.byAnybody(asked);
    return withReference(decision, facts);
  }

  /** The token by the list of its owner (TOK-13), else as it came with a command. */
  private async knownToken(
    question: AuthorizationRequested,
    { aliasOf, commands }: DriverFacts,
  ): Promise<KnownToken | undefined> {
    const { uid, type } = aliasOf ?? { uid: question.uid, type: question.type ?? 'RFID' };
    const statements = await findCard(this.dataSource, uid, type);
    const stated = statements.find(
      ({ connectionId, token }) =>
        (!aliasOf || sameParty(token, aliasOf)) &&
        this.meets(this.directory.get(connectionId), question),
    );
    if (stated) {
      const { token, valid: isValid, connectionId } = stated;
      return { token, isValid, connectionId };
    }
    const token = aliasOf ?? commands[0]?.token;
    if (!token) return undefined;
    const connectionId = commands[0]?.connectionId ?? this.connectionOf(token, question)?.id;
    return { token, isValid: token.valid, connectionId };
  }

  private async byToken(known: KnownToken, asked: Asked): Promise<Decision> {
    const { token } = known;
    const connection =
      known.connectionId === undefined ? undefined : this.directory.get(known.connectionId);
    const plan = planFor(known, connection?.profile.allowedTokens ?? 'local');
    if ('decision' in plan) return plan.decision;
    if (!connection) return plan.offline;
    const to = { country_code: token.country_code, party_id: token.party_id };
    const named = { uid: token.uid, type: token.type, known: token };
    const word = await this.partners.ask(this.ask(connection, named, asked, to), asked.signal);
    return word.kind === 'unreachable'
      ? { ...plan.offline, why: `${plan.offline.why}; ${word.why}` }
      : decided(word, connection);
  }

  /** A uid that no list has: an EMAID names its issuer, other cards are shown to who wants to see them (TOK-23, TOK-42). */
  private async byAnybody(asked: Asked): Promise<Decision> {
    const { uid, type = 'RFID' } = asked.question;
    if (type === 'LICENSE_PLATE') {
      return refusal('NOT_ALLOWED', 'LOCAL', 'a number plate alone starts nothing (TOK-43)');
    }
    if (isOfApp({ type })) return refusal('UNKNOWN', 'LOCAL', 'an app token without a command');
    const token = { uid, type, known: undefined };
    const questions = this.toIssuer(token, asked) ?? this.toAnybody(token, asked);
    if (questions.length === 0) return refusal('UNKNOWN', 'LOCAL', 'nobody to ask');
    return this.firstYes(questions, asked);
  }

  private toIssuer(token: AskedToken, asked: Asked): RealTimeQuestion[] | undefined {
    const issuer = token.type === 'EMAID' ? emaidIssuer(token.uid) : undefined;
    const connection = issuer && this.connectionOf(issuer, asked.question);
    return connection && [this.ask(connection, token, asked, issuer)];
  }

  /** Not on 2.1.1: its answer does not say whom to bill (TOK-30). A hub finds the party by itself (TRN-60). */
  private toAnybody(token: AskedToken, asked: Asked): RealTimeQuestion[] {
    return this.directory
      .all()
      .filter(
        (connection) =>
          connection.profile.authorizeUnknown &&
          connection.version !== '2.1.1' &&
          this.canAnswer(connection, asked.question),
      )
      .flatMap((connection) => {
        const emsps = connection.parties.filter(({ role }) => role === 'EMSP').map(partyIdOf);
        const addressees = connection.kind === 'hub' ? [undefined] : emsps;
        return addressees.map((to) => this.ask(connection, token, asked, to));
      });
  }

  /** The first yes counts, and nobody waits for the others then. */
  private async firstYes(
    questions: readonly RealTimeQuestion[],
    { signal }: Asked,
  ): Promise<Decision> {
    const enough = new AbortController();
    const until = AbortSignal.any([signal, enough.signal]);
    const said: { word: PartnerWord; connection: Connection }[] = [];
    try {
      return await Promise.any(
        questions.map(async (question) => {
          const word = await this.partners.ask(question, until);
          said.push({ word, connection: question.connection });
          if (word.kind !== 'allowed') throw new NotAYes();
          return decided(word, question.connection);
        }),
      );
    } catch {
      const refused = said.find(({ word }) => word.kind === 'refused');
      if (refused) return decided(refused.word, refused.connection);
      return said.some(({ word }) => word.kind === 'unreachable')
        ? refusal('UNREACHABLE', 'PARTNER', 'nobody knows the card, and not everybody answers')
        : refusal('UNKNOWN', 'PARTNER', 'nobody knows the card');
    } finally {
      enough.abort();
    }
  }

  private ask(
    connection: Connection,
    token: AskedToken,
    { question, place }: Asked,
    to: PartyId | undefined,
  ): RealTimeQuestion {
    const { country_code, party_id } = question;
    return {
      connection,
      token,
      from: { country_code: country_code.toUpperCase(), party_id: party_id.toUpperCase() },
      to,
      locationId: place.location.id,
      evseUid: evseOf(place, question.evse_uid)?.uid,
      evseUids: place.evses.filter(({ status }) => status !== 'REMOVED').map(({ uid }) => uid),
    };
  }

  /** Who speaks for a party's tokens; directly rather than through a hub. */
  private connectionOf(owner: PartyId, question: AuthorizationRequested): Connection | undefined {
    const candidates = this.directory
      .all()
      .filter(
        (connection) =>
          this.canAnswer(connection, question) &&
          connection.parties.some(
            ({ partyKey: key, role }) => role === 'EMSP' && key === partyKey(owner),
          ),
      );
    return candidates.find(({ kind }) => kind !== 'hub') ?? candidates[0];
  }

  private canAnswer(connection: Connection, question: AuthorizationRequested): boolean {
    return (
      isLive(connection) &&
      this.meets(connection, question) &&
      endpointUrl(connection, 'tokens', 'SENDER') !== undefined
    );
  }

  /** A partner that does not meet the hosted party hears of no Session there: its cards are strangers. */
  private meets(connection: Connection | undefined, question: PartyId): boolean {
    if (!connection) return false;
    return connection.hostedParties?.includes(partyKey(question)) ?? true;
  }

  private report(question: AuthorizationRequested, decision: Decision, durationMs: number): void {
    const { allowed, decidedBy, connectionId, why } = decision;
    this.metrics.authorizationsTotal.inc({ decided_by: decidedBy, allowed });
    this.metrics.authorizationDurationSeconds.observe({ decided_by: decidedBy }, durationMs / 1000);
    this.log.info(
      {
        authorizationId: question.authorization_id,
        party: partyKey(question),
        location: question.location_id,
        evse: question.evse_uid,
        card: cardEnding(question.uid),
        allowed,
        decidedBy,
        connection: connectionId,
        why,
        durationMs: Math.round(durationMs),
      },
      'authorization',
    );
  }
}

class NotAYes extends Error {}

/** What a partner that was reached decides; it is never asked twice, nor overruled by its list (TOK-31). */
function decided(word: PartnerWord, { id: connectionId }: Connection): Decision {
  switch (word.kind) {
    case 'allowed': {
      const { driver, reference, info } = word;
      return {
        allowed: 'ALLOWED',
        decidedBy: 'PARTNER',
        authMethod: 'AUTH_REQUEST',
        driver,
        ...(reference !== undefined && { reference }),
        ...(info && { info }),
        connectionId,
        why: 'the partner says so',
      };
    }
    case 'refused': {
      const shown = word.info ? { info: word.info } : {};
      return refusal(word.verdict, 'PARTNER', word.why, { ...shown, connectionId });
    }
    default:
      return refusal('UNKNOWN', 'PARTNER', 'the partner does not know the token', { connectionId });
  }
}

/** A session that comes of a reservation repeats its reference unless a newer one was given (SES-33). */
function withReference(decision: Decision, facts: DriverFacts): Decision {
  if (decision.allowed !== 'ALLOWED' || decision.reference !== undefined) return decision;
  const reference = ownReservation(facts)?.reference;
  return reference === undefined ? decision : { ...decision, reference };
}
