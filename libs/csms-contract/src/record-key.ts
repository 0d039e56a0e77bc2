import { EVENT_TYPES, type EventTypeName } from './event-types.js';
import { TOPICS, type TopicId, topicName } from './topics.js';

interface Named {
  country_code?: string;
  party_id?: string;
  id?: string;
  kind?: string;
  location_id?: string;
  session_id?: string;
  evse_uid?: string;
  command_id?: string;
  authorization_id?: string;
  reservation_number?: number;
}

/** Key of the record that carries this data: CDRs go by their session, so that both stay in order for one reader. */
export function recordKey(type: EventTypeName, data: unknown): string {
  const d = data as Named;
  const party = `${d.country_code ?? ''}*${d.party_id ?? ''}`;
  switch (type) {
    case 'ocpi.evse.status-changed.v1':
      return `${party}*${d.location_id ?? ''}`;
    case 'ocpi.cdr.issued.v1':
      return `${party}*${d.session_id ?? d.id ?? ''}`;
    case 'ocpi.snapshot.began.v1':
    case 'ocpi.snapshot.ended.v1':
      return `${party}*snapshot*${d.kind ?? ''}`;
    case 'ocpi.request.taken-on.v1':
    case 'ocpi.request.finished.v1':
      return `${party}*${d.command_id ?? ''}`;
    case 'ocpi.reservation.ended.v1':
      return `${party}*reservation*${d.reservation_number ?? ''}`;
    case 'ocpi.charging-profile.changed.v1':
      return `${party}*${d.session_id ?? ''}`;
    case 'ocpi.authorization.requested.v1':
      return `${party}*${d.location_id ?? ''}`;
    default:
      return `${party}*${d.id ?? ''}`;
  }
}

/** The CloudEvents subject of this data. */
export function eventSubject(type: EventTypeName, data: unknown): string {
  const d = data as Named;
  const party = `${d.country_code ?? ''}*${d.party_id ?? ''}`;
  switch (type) {
    case 'ocpi.evse.status-changed.v1':
      return `${party}/${d.location_id ?? ''}/${d.evse_uid ?? ''}`;
    case 'ocpi.snapshot.began.v1':
    case 'ocpi.snapshot.ended.v1':
      return `${party}/${d.kind ?? ''}`;
    case 'ocpi.request.taken-on.v1':
    case 'ocpi.request.finished.v1':
      return `${party}/${d.command_id ?? ''}`;
    case 'ocpi.reservation.ended.v1':
      return `${party}/reservation/${d.reservation_number ?? ''}`;
    case 'ocpi.charging-profile.changed.v1':
      return `${party}/${d.session_id ?? ''}`;
    case 'ocpi.authorization.requested.v1':
      return `${party}/${d.authorization_id ?? ''}`;
    default:
      return `${party}/${d.id ?? ''}`;
  }
}

/** The topic of a message that the CSMS sends; a snapshot marker goes where the objects go that it frames. */
export function incomingTopic(type: EventTypeName, data: unknown, prefix: string): string {
  const kind = (data as Named).kind;
  const topics: readonly TopicId[] = EVENT_TYPES[type].topics;
  const id = topics.find((t) => kind !== undefined && TOPICS[t].name.includes(kind)) ?? topics[0];
  return topicName(id ?? 'locations', prefix);
}
