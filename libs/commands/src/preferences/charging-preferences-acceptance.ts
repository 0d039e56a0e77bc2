import { Injectable } from '@nestjs/common';
import { rowsOf, type SqlRunner } from '#change-log';
import { csmsRequest } from '#csms-contract';
import { retryOnCollision } from '#database';
import {
  type ChargingPreferencesResponse,
  type Connector,
  decodeChargingPreferences,
  foldId,
  OcpiError,
  type PartyId,
  partyKey,
  type ProfileType,
  type ReceivedPreferences,
  type Tariff,
  validAt,
} from '#ocpi';
import { ConnectionObservations, type HostedParty, partyIdOf } from '#partners';
import { Clock } from '#platform';
import { DataSource } from 'typeorm';
import { type CommandCaller, customersOf } from '../acceptance/command-caller.js';
import { type CommandScope, requestFrame } from '../acceptance/command-scope.js';
import { newestOther } from '../charging-profiles/newest-other.js';
import { CommandSignal } from '../command-signal.js';
import { openCommand } from '../open-command.js';
import { OutcomeWaiter } from '../outcome-waiter.js';
import { findSession, findSessionPlace, type StoredSession } from '../sessions/find-session.js';

type Preferences = ReceivedPreferences['preferences'];

/** The partner's own request waits for the CSMS, so the limit is well below the time that partners wait for an answer. */
const PREFERENCES_WAIT_MS = 5000;

/** A driver's wishes for a Session of the caller, where the CSMS may be asked about them. */
interface Wishes {
  scope: CommandScope;
  hosted: HostedParty;
  found: StoredSession;
  preferences: Preferences;
}

/**
 * Takes charging preferences on. What is known here is answered here; the CSMS is asked for the rest, and its answer is the
 * answer to the partner (SES-05 to SES-11).
 */
@Injectable()
export class ChargingPreferencesAcceptance {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signal: CommandSignal,
    private readonly outcomes: OutcomeWaiter,
    private readonly observations: ConnectionObservations,
    private readonly clock: Clock,
  ) {}

  /** @throws OcpiError 404 for what takes no preferences of this caller, 2001 for what makes no sense, 3000 without an answer */
  async accept(
    caller: CommandCaller,
    sessionId: string,
    wire: unknown,
    correlationId: string,
  ): Promise<ChargingPreferencesResponse> {
    const { dataSource } = this;
    const keys = caller.hosted.map((party) => party.partyKey);
    const found = await findSession(dataSource, keys, sessionId);
    const hosted = caller.hosted.find((party) => party.partyKey === found?.partyKey);
    const sender = found && ownerOf(caller, found);
    if (!hosted || !sender) throw OcpiError.unknownObject('session', caller.version);
    const { status } = found.session;
    if (status === 'COMPLETED' || status === 'INVALID') {
      throw OcpiError.invalidParameters('the session is over');
    }
    const place = await findSessionPlace(dataSource, found);
    if (!place?.capabilities.includes('CHARGING_PREFERENCES_CAPABLE')) {
      throw OcpiError.notCapable('the EVSE takes no charging preferences');
    }
    const preferences = this.read(caller, wire);
    const { profile_type } = preferences;
    if (!(await this.isOffered(found.partyKey, place.connector, profile_type))) {
      return 'PROFILE_TYPE_NOT_SUPPORTED';
    }
    const receivedAt = this.clock.now();
    const deadline = new Date(receivedAt.getTime() + PREFERENCES_WAIT_MS);
    const timing = { receivedAt, deadline, expiresAt: deadline };
    const scope = { source: dataSource, caller, sender, timing, correlationId };
    return this.ask({ scope, hosted, found, preferences });
  }

  private read({ connection }: CommandCaller, wire: unknown): Preferences {
    const { strictOffsets } = connection.profile;
    const decoded = decodeChargingPreferences(wire, { strictOffsets });
    if (!decoded.ok) throw OcpiError.invalidParameters(decoded.errors);
    for (const name of decoded.value.deviations) this.observations.deviation(connection.id, name);
    return decoded.value.preferences;
  }

  /** Every connector charges REGULAR; another profile type needs a tariff of that type at it (SES-07). */
  private async isOffered(
    owner: string,
    connector: Connector | undefined,
    type: ProfileType,
  ): Promise<boolean> {
    if (type === 'REGULAR') return true;
    const rows = await rowsOf<{ body: string }>(
      this.dataSource,
      `SELECT body FROM tariff WHERE party_key = $1 AND tariff_key = ANY($2) AND deleted_at IS NULL`,
      [owner, connector?.tariff_ids?.map(foldId) ?? []],
    );
    const tariffs = rows.map(({ body }) => JSON.parse(body) as Tariff);
    const now = this.clock.now();
    return tariffs.some((tariff) => tariff.type === `PROFILE_${type}` && validAt(tariff, now));
  }

  private async ask(wishes: Wishes): Promise<ChargingPreferencesResponse> {
    const id = await this.open(wishes);
    this.signal.notify();
    const outcome = await this.outcomes.outcomeOf(id, PREFERENCES_WAIT_MS);
    if (outcome === undefined || outcome === 'TIMEOUT') {
      throw OcpiError.ownFailure('the charging station management system did not answer in time');
    }
    if (outcome === 'FAILED') throw OcpiError.ownFailure('the preferences could not be set');
    return outcome as ChargingPreferencesResponse;
  }

  private open(wishes: Wishes): Promise<string> {
    return retryOnCollision(() => this.dataSource.transaction((tx) => openPreferences(tx, wishes)));
  }
}

/** The caller's party whose driver charges. */
function ownerOf(caller: CommandCaller, { tokenPartyKey }: StoredSession): PartyId | undefined {
  if (!customersOf(caller).includes(tokenPartyKey)) return undefined;
  const party = caller.connection.parties.find((candidate) => candidate.partyKey === tokenPartyKey);
  return party && partyIdOf(party);
}

async function openPreferences(
  tx: SqlRunner,
  { scope, hosted, found, preferences }: Wishes,
): Promise<string> {
  const { caller, sender, timing, correlationId } = scope;
  const { id, location_id, evse_uid } = found.session;
  const sessionKey = foldId(id);
  const kind = 'SET_CHARGING_PREFERENCES';
  const other = await newestOther(tx, hosted.partyKey, sessionKey, { kind, preferences });
  const command = {
    kind,
    connectionId: caller.connection.id,
    version: caller.version,
    partyKey: hosted.partyKey,
    senderKey: partyKey(sender),
    locationKey: foldId(location_id),
    evseKey: foldId(evse_uid),
    sessionKey,
    sameAs: [sessionKey, preferences, other],
    body: { session_id: id, preferences },
    correlationId,
    timing,
  } as const;
  const opened = await openCommand(tx, command, (commandId) =>
    csmsRequest('ocpi.set-charging-preferences.requested.v1', {
      ...requestFrame(scope, hosted, commandId),
      session_id: id,
      location_id,
      evse_uid,
      preferences,
    }),
  );
  return opened.id;
}
