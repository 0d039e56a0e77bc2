import { type Token } from '#ocpi';
import { type AuthorizationDecided } from './events/authorization.js';
import { type Partner, type PartnerDisconnected } from './events/partner.js';
import { type RemovedToken } from './events/token.js';
import { type RequestData, type RequestTypeName } from './request-types.js';
import { EVENT_TYPES, type EventTypeName } from './event-types.js';
import { topicName } from './topics.js';

/** What the gateway has to say: the outbox adds id, time and sequence. `key` is the Kafka key and the unit of order. */
export interface OutgoingEvent {
  type: EventTypeName;
  subject: string;
  key: string;
  data: unknown;
}

type TokenName = Pick<Token, 'country_code' | 'party_id' | 'type' | 'uid'>;

const tokenSubject = (t: TokenName): string =>
  `${t.country_code}*${t.party_id}/${t.type}/${t.uid}`.toUpperCase();
const tokenRecordKey = (t: TokenName): string =>
  `${t.country_code}*${t.party_id}*${t.type}*${t.uid}`.toUpperCase();

/** The token that a record key of the tokens topic names; ids have no case, so it may be another than the partner's. */
export function tokenOfRecordKey(key: string): RemovedToken {
  const [country_code = '', party_id = '', type = '', ...uid] = key.split('*');
  return { country_code, party_id, uid: uid.join('*'), type };
}

export const tokenUpserted = (data: Token): OutgoingEvent => ({
  type: 'ocpi.token.upserted.v1',
  subject: tokenSubject(data),
  key: tokenRecordKey(data),
  data,
});

export const tokenRemoved = (data: RemovedToken): OutgoingEvent => ({
  type: 'ocpi.token.removed.v1',
  subject: tokenSubject(data),
  key: tokenRecordKey(data),
  data,
});

export const partnerConnected = (data: Partner): OutgoingEvent =>
  partnerEvent('ocpi.partner.connected.v1', data);
export const partnerChanged = (data: Partner): OutgoingEvent =>
  partnerEvent('ocpi.partner.changed.v1', data);
export const partnerDisconnected = (data: PartnerDisconnected): OutgoingEvent =>
  partnerEvent('ocpi.partner.disconnected.v1', data);

function partnerEvent(type: EventTypeName, data: { connection_id: string }): OutgoingEvent {
  return { type, subject: data.connection_id, key: data.connection_id, data };
}

/** A request to the CSMS; those about one Location stay in order. */
export const csmsRequest = <T extends RequestTypeName>(
  type: T,
  data: RequestData<T>,
): OutgoingEvent => {
  const party = `${data.country_code}*${data.party_id}`.toUpperCase();
  return {
    type,
    subject: `${party}/${data.command_id}`,
    key: `${party}*${data.location_id.toUpperCase()}`,
    data,
  };
};

export const authorizationDecided = (data: AuthorizationDecided): OutgoingEvent => {
  const party = `${data.country_code}*${data.party_id}`.toUpperCase();
  return {
    type: 'ocpi.authorization.decided.v1',
    subject: `${party}/${data.authorization_id}`,
    key: `${party}*${data.authorization_id}`,
    data,
  };
};

/** The Kafka topic of an outgoing type. */
export const outgoingTopic = (type: EventTypeName, prefix: string): string =>
  topicName(EVENT_TYPES[type].topics[0], prefix);
