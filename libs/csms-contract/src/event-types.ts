import { type TSchema } from '@sinclair/typebox';
import { Cdr, Location, Session, Tariff, Token } from '#ocpi';
import { AuthorizationDecided, AuthorizationRequested } from './events/authorization.js';
import { ChargingProfileChanged } from './events/charging-profile-changed.js';
import { EvseStatusChanged } from './events/evse-status-changed.js';
import { Partner, PartnerDisconnected } from './events/partner.js';
import { RemovedObject } from './events/removed-object.js';
import {
  CancelReservationRequested,
  ClearChargingProfileRequested,
  GetChargingProfileRequested,
  ReserveNowRequested,
  SetChargingPreferencesRequested,
  SetChargingProfileRequested,
  StartSessionRequested,
  StopSessionRequested,
  UnlockConnectorRequested,
} from './events/request.js';
import { RequestFinished, RequestTakenOn } from './events/request-result.js';
import { ReservationEnded } from './events/reservation-ended.js';
import { SnapshotBegan, SnapshotEnded } from './events/snapshot.js';
import { RemovedToken } from './events/token.js';
import { type TopicId } from './topics.js';

/** One message of the contract. */
export interface EventType {
  schema: TSchema;
  /** Where it travels; snapshot markers travel on the topic of the objects they frame. */
  topics: readonly TopicId[];
  subject: string;
  summary: string;
}

const OBJECT = '{country_code}*{party_id}/{id}';
const COMMAND = '{country_code}*{party_id}/{command_id}';

/** Every message, by CloudEvents type. The last part is the version: what breaks gets a new one. */
export const EVENT_TYPES = {
  'ocpi.location.upserted.v1': {
    schema: Location,
    topics: ['locations'],
    subject: OBJECT,
    summary: 'A Location as it is now, with all its EVSEs.',
  },
  'ocpi.location.removed.v1': {
    schema: RemovedObject,
    topics: ['locations'],
    subject: OBJECT,
    summary: 'A Location is closed for good; its EVSEs become REMOVED.',
  },
  'ocpi.evse.status-changed.v1': {
    schema: EvseStatusChanged,
    topics: ['evseStatus'],
    subject: '{country_code}*{party_id}/{location_id}/{evse_uid}',
    summary: "An EVSE's status from the event's time on.",
  },
  'ocpi.tariff.upserted.v1': {
    schema: Tariff,
    topics: ['tariffs'],
    subject: OBJECT,
    summary: 'A Tariff as it is now.',
  },
  'ocpi.tariff.removed.v1': {
    schema: RemovedObject,
    topics: ['tariffs'],
    subject: OBJECT,
    summary: 'A Tariff is withdrawn.',
  },
  'ocpi.session.started.v1': {
    schema: Session,
    topics: ['sessions'],
    subject: OBJECT,
    summary: 'A Session began: PENDING, RESERVATION or ACTIVE.',
  },
  'ocpi.session.updated.v1': {
    schema: Session,
    topics: ['sessions'],
    subject: OBJECT,
    summary: 'A Session as it is now, with all its charging periods.',
  },
  'ocpi.session.ended.v1': {
    schema: Session,
    topics: ['sessions'],
    subject: OBJECT,
    summary: 'A Session is over: COMPLETED or INVALID.',
  },
  'ocpi.cdr.issued.v1': {
    schema: Cdr,
    topics: ['cdrs'],
    subject: OBJECT,
    summary: 'A final CDR. It can never change again; a correction is a credit CDR and a new one.',
  },
  'ocpi.snapshot.began.v1': {
    schema: SnapshotBegan,
    topics: ['locations', 'tariffs'],
    subject: '{country_code}*{party_id}/{kind}',
    summary: 'From here on a party states all its objects of one kind.',
  },
  'ocpi.snapshot.ended.v1': {
    schema: SnapshotEnded,
    topics: ['locations', 'tariffs'],
    subject: '{country_code}*{party_id}/{kind}',
    summary: 'All objects of the kind are stated; what was not is removed.',
  },
  'ocpi.token.upserted.v1': {
    schema: Token,
    topics: ['tokens'],
    subject: '{country_code}*{party_id}/{type}/{uid}',
    summary: "A driver's token, as its eMSP states it.",
  },
  'ocpi.token.removed.v1': {
    schema: RemovedToken,
    topics: ['tokens'],
    subject: '{country_code}*{party_id}/{type}/{uid}',
    summary: 'No partner vouches for this token any longer.',
  },
  'ocpi.partner.connected.v1': {
    schema: Partner,
    topics: ['partnerEvents'],
    subject: '{connection_id}',
    summary: 'A partner has registered.',
  },
  'ocpi.partner.changed.v1': {
    schema: Partner,
    topics: ['partnerEvents'],
    subject: '{connection_id}',
    summary: "A partner's version, parties or credentials changed.",
  },
  'ocpi.partner.disconnected.v1': {
    schema: PartnerDisconnected,
    topics: ['partnerEvents'],
    subject: '{connection_id}',
    summary: 'A partner has unregistered or was taken off.',
  },
  'ocpi.start-session.requested.v1': {
    schema: StartSessionRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'Start charging for this driver, here.',
  },
  'ocpi.stop-session.requested.v1': {
    schema: StopSessionRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'End the charging of this Session.',
  },
  'ocpi.reserve-now.requested.v1': {
    schema: ReserveNowRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'Keep an EVSE for this driver until a time; a known number is replaced.',
  },
  'ocpi.cancel-reservation.requested.v1': {
    schema: CancelReservationRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'Give a reservation up.',
  },
  'ocpi.unlock-connector.requested.v1': {
    schema: UnlockConnectorRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'Free a cable that is stuck after charging.',
  },
  'ocpi.set-charging-profile.requested.v1': {
    schema: SetChargingProfileRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'Limit the running Session as a partner asks.',
  },
  'ocpi.clear-charging-profile.requested.v1': {
    schema: ClearChargingProfileRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'Take that limit away, and no other.',
  },
  'ocpi.get-charging-profile.requested.v1': {
    schema: GetChargingProfileRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'What does the EVSE plan for the Session?',
  },
  'ocpi.set-charging-preferences.requested.v1': {
    schema: SetChargingPreferencesRequested,
    topics: ['requests'],
    subject: COMMAND,
    summary: 'What the driver wants of smart charging.',
  },
  'ocpi.request.taken-on.v1': {
    schema: RequestTakenOn,
    topics: ['results'],
    subject: COMMAND,
    summary: 'A request has arrived and is acted on.',
  },
  'ocpi.request.finished.v1': {
    schema: RequestFinished,
    topics: ['results'],
    subject: COMMAND,
    summary: 'What came of a request.',
  },
  'ocpi.reservation.ended.v1': {
    schema: ReservationEnded,
    topics: ['results'],
    subject: '{country_code}*{party_id}/reservation/{reservation_number}',
    summary: 'A reservation ended at the station.',
  },
  'ocpi.charging-profile.changed.v1': {
    schema: ChargingProfileChanged,
    topics: ['results'],
    subject: '{country_code}*{party_id}/{session_id}',
    summary: 'What limits a Session changed, and not because a partner asked.',
  },
  'ocpi.authorization.requested.v1': {
    schema: AuthorizationRequested,
    topics: ['authorizationRequests'],
    subject: '{country_code}*{party_id}/{authorization_id}',
    summary: 'May this driver charge here?',
  },
  'ocpi.authorization.decided.v1': {
    schema: AuthorizationDecided,
    topics: ['authorizations'],
    subject: '{country_code}*{party_id}/{authorization_id}',
    summary: 'The decision on an authorization.',
  },
} as const satisfies Record<string, EventType>;
export type EventTypeName = keyof typeof EVENT_TYPES;

export const isEventType = (name: string): name is EventTypeName =>
  Object.hasOwn(EVENT_TYPES, name);
