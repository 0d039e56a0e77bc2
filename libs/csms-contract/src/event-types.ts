import { type TSchema } from '@sinclair/typebox';
import { Cdr, Location, Session, Tariff, Token } from '#ocpi';
import { EvseStatusChanged } from './events/evse-status-changed.js';
import { Partner, PartnerDisconnected } from './events/partner.js';
import { RemovedObject } from './events/removed-object.js';
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
} as const satisfies Record<string, EventType>;
export type EventTypeName = keyof typeof EVENT_TYPES;

export const isEventType = (name: string): name is EventTypeName =>
  Object.hasOwn(EVENT_TYPES, name);
