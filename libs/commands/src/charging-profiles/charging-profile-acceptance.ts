import { Injectable } from '@nestjs/common';
import { rowsOf, type SqlRunner } from '#change-log';
import { csmsRequest } from '#csms-contract';
import { retryOnCollision } from '#database';
import {
  type ChargingProfile,
  type ChargingProfileResponse,
  type ChargingProfileResponseType,
  foldId,
  type GetChargingProfileQuery,
  partyKey,
  type Session,
  type SetChargingProfile,
} from '#ocpi';
import { type ConnectorRating, convertChargingProfile } from '#ocpp';
import { type HostedParty } from '#partners';
import { Clock, createLogger, GatewaySettings, Metrics } from '#platform';
import { DataSource } from 'typeorm';
import { type CommandCaller } from '../acceptance/command-caller.js';
import { type CommandScope, newCommand, requestFrame } from '../acceptance/command-scope.js';
import { ResponseUrls } from '../acceptance/response-urls.js';
import { CommandSignal } from '../command-signal.js';
import { commandTiming } from '../command-timing.js';
import { answerCommand, type NewCommand, openCommand } from '../open-command.js';
import { findSession, findSessionPlace } from '../sessions/find-session.js';
import { newestOther } from './newest-other.js';
import { isAnothers, lockOrMakeProfile, lockProfile, type ProfileAsker } from './profile-owner.js';
import { profileSender } from './profile-sender.js';

/** What a partner asks about the limits of a Session, in canonical form. */
export type ProfileRequest =
  | ({ kind: 'SET_CHARGING_PROFILE' } & SetChargingProfile)
  | { kind: 'CLEAR_CHARGING_PROFILE'; response_url: string }
  | ({ kind: 'GET_CHARGING_PROFILE' } & GetChargingProfileQuery);

/** A request about a Session that charges here. */
interface Accepted {
  scope: CommandScope;
  hosted: HostedParty;
  session: Session;
  rating: ConnectorRating | undefined;
}

/** The answer has no field for it, so the log says why. */
interface Rejection {
  why: string;
}

const RECENT = `SELECT count(*) AS count FROM command c JOIN command_callback b ON b.command_id = c.id
  WHERE c.party_key = $1 AND c.session_key = $2 AND c.connection_id = $3 AND c.kind LIKE '%\\_CHARGING\\_PROFILE'
    AND c.received_at > $4::timestamptz - interval '1 minute'`;

/**
 * Takes requests about charging profiles on, by what is stored, as `CommandAcceptance` does commands: what is accepted is
 * committed when this returns, and its result goes to the `response_url`.
 */
@Injectable()
export class ChargingProfileAcceptance {
  private readonly log = createLogger('commands');

  constructor(
    private readonly dataSource: DataSource,
    private readonly urls: ResponseUrls,
    private readonly signal: CommandSignal,
    private readonly settings: GatewaySettings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  async accept(
    caller: CommandCaller,
    sessionId: string,
    request: ProfileRequest,
    correlationId: string,
  ): Promise<ChargingProfileResponse> {
    const { commandTimeoutSeconds: timeoutSeconds } = this.settings;
    const verdict = await this.judge(caller, sessionId, request, correlationId);
    const isFit = typeof verdict === 'object' && 'scope' in verdict;
    const answer = isFit ? await this.open(verdict, request) : verdict;
    const result = typeof answer === 'string' ? answer : 'REJECTED';
    if (typeof answer !== 'string') {
      const { kind } = request;
      const line = { connection: caller.connection.id, session: sessionId, kind, why: answer.why };
      this.log.info(line, 'charging profile request rejected');
    }
    this.metrics.commandsTotal.inc({ kind: request.kind, answer: result });
    return { result, timeoutSeconds };
  }

  /** Cheapest and most telling first; what is not ACCEPTED is followed by no callback. */
  private async judge(
    caller: CommandCaller,
    sessionId: string,
    request: ProfileRequest,
    correlationId: string,
  ): Promise<Accepted | Rejection | Exclude<ChargingProfileResponseType, 'ACCEPTED' | 'REJECTED'>> {
    const { dataSource, clock } = this;
    const receivedAt = clock.now();
    const refusal = await this.urls.whyRefused(caller.connection, request.response_url);
    if (refusal !== undefined) return { why: `response_url: ${refusal}` };
    const partyKeys = caller.hosted.map(({ partyKey }) => partyKey);
    const found = await findSession(dataSource, partyKeys, sessionId);
    const hosted = caller.hosted.find(({ partyKey }) => partyKey === found?.partyKey);
    if (!found || !hosted) return 'UNKNOWN_SESSION';
    const sender = profileSender(caller, found.tokenPartyKey);
    if (!sender) return { why: 'the session is not theirs to limit' };
    const { status } = found.session;
    if (status !== 'ACTIVE') return { why: `the session is ${status}` };
    const place = await findSessionPlace(dataSource, found);
    if (!place?.capabilities.includes('CHARGING_PROFILE_CAPABLE')) return 'NOT_SUPPORTED';
    if (place.status === 'UNKNOWN') return { why: 'the station is offline' }; // CMD-15
    if (await this.isTooOften(caller, found.partyKey, sessionId, receivedAt)) return 'TOO_OFTEN';
    const timing = commandTiming(receivedAt, this.settings.commandTimeoutSeconds);
    const scope = { source: dataSource, caller, sender, timing, correlationId };
    return { scope, hosted, session: found.session, rating: place.connector };
  }

  private async isTooOften(
    { connection }: CommandCaller,
    partyKey: string,
    sessionId: string,
    now: Date,
  ): Promise<boolean> {
    const [row] = await rowsOf<{ count: number }>(this.dataSource, RECENT, [
      partyKey,
      foldId(sessionId),
      connection.id,
      now,
    ]);
    return (row?.count ?? 0) >= connection.profile.profileRequestsPerMinute;
  }

  private async open(accepted: Accepted, request: ProfileRequest): Promise<'ACCEPTED' | Rejection> {
    const isOpen = await retryOnCollision(() =>
      this.dataSource.transaction((tx) => openRequest(tx, accepted, request)),
    );
    if (isOpen) this.signal.notify();
    return isOpen ? 'ACCEPTED' : { why: 'another party limits the session' };
  }
}

/** Resolves to false where the Session has another owner. */
async function openRequest(
  tx: SqlRunner,
  accepted: Accepted,
  request: ProfileRequest,
): Promise<boolean> {
  switch (request.kind) {
    case 'SET_CHARGING_PROFILE':
      return openSet(tx, accepted, request);
    case 'CLEAR_CHARGING_PROFILE':
      return openClear(tx, accepted, request);
    case 'GET_CHARGING_PROFILE':
      return openGet(tx, accepted, request);
  }
}

async function openSet(
  tx: SqlRunner,
  accepted: Accepted,
  { kind, charging_profile, response_url }: { kind: 'SET_CHARGING_PROFILE' } & SetChargingProfile,
): Promise<boolean> {
  const { scope, hosted, session, rating } = accepted;
  const { partyKey: owner } = hosted;
  const sessionKey = foldId(session.id);
  const asker = askerOf(accepted);
  const other = await newestOther(tx, owner, sessionKey, { kind, charging_profile });
  const names = { partyKey: owner, sessionKey, sessionId: session.id };
  const profile = await lockOrMakeProfile(tx, names, asker, scope.timing.receivedAt);
  if (await isAnothers(tx, owner, sessionKey, profile, asker)) return false;
  const converted = rating && inTheOtherUnit(charging_profile, rating);
  const body = { response_url, charging_profile };
  const command = aboutSession(accepted, kind, body, [charging_profile, other]);
  await openCommand(tx, command, (id) =>
    csmsRequest('ocpi.set-charging-profile.requested.v1', {
      ...requestFrame(scope, hosted, id),
      ...placeOf(session),
      profile_number: profile.number,
      charging_profile,
      ...(converted && { converted }),
    }),
  );
  return true;
}

/** Where the sender has set nothing the answer is known, and the station's other profiles are left alone (CHP-23, CHP-24). */
async function openClear(
  tx: SqlRunner,
  accepted: Accepted,
  { kind, response_url }: { kind: 'CLEAR_CHARGING_PROFILE'; response_url: string },
): Promise<boolean> {
  const { scope, hosted, session } = accepted;
  const { partyKey: owner } = hosted;
  const sessionKey = foldId(session.id);
  const other = await newestOther(tx, owner, sessionKey, { kind });
  const profile = await lockProfile(tx, owner, sessionKey);
  const command = aboutSession(accepted, kind, { response_url }, [other]);
  if (!profile || (await isAnothers(tx, owner, sessionKey, profile, askerOf(accepted)))) {
    await answerCommand(tx, command, { result: 'UNKNOWN' });
    return true;
  }
  await openCommand(tx, command, (id) =>
    csmsRequest('ocpi.clear-charging-profile.requested.v1', {
      ...requestFrame(scope, hosted, id),
      ...placeOf(session),
      profile_number: profile.number,
    }),
  );
  return true;
}

async function openGet(
  tx: SqlRunner,
  accepted: Accepted,
  { kind, duration, response_url }: { kind: 'GET_CHARGING_PROFILE' } & GetChargingProfileQuery,
): Promise<boolean> {
  const { scope, hosted, session } = accepted;
  const asked = { response_url, duration };
  const command = aboutSession(accepted, kind, asked, [duration]);
  await openCommand(tx, command, (id) =>
    csmsRequest('ocpi.get-charging-profile.requested.v1', {
      ...requestFrame(scope, hosted, id),
      ...placeOf(session),
      duration,
    }),
  );
  return true;
}

const askerOf = ({ scope }: Accepted): ProfileAsker => ({
  connectionId: scope.caller.connection.id,
  senderKey: partyKey(scope.sender),
});

const placeOf = ({ id, location_id, evse_uid }: Session) => ({
  session_id: id,
  location_id,
  evse_uid,
});

function aboutSession(
  { scope, hosted, session }: Accepted,
  kind: ProfileRequest['kind'],
  asked: { response_url: string } & object,
  sameAs: unknown[],
): NewCommand {
  const sessionKey = foldId(session.id);
  const body = { session_id: session.id, ...asked };
  return newCommand(scope, kind, hosted, body, {
    locationKey: foldId(session.location_id),
    evseKey: foldId(session.evse_uid),
    sessionKey,
    sameAs: [sessionKey, ...sameAs],
  });
}

/** For stations that know only that unit (CHP-20, CHP-41). */
const inTheOtherUnit = (
  profile: ChargingProfile,
  rating: ConnectorRating,
): ChargingProfile | undefined =>
  convertChargingProfile(profile, profile.charging_rate_unit === 'W' ? 'A' : 'W', rating);
