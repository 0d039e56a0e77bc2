/** A topic of the contract. `name` follows the prefix of the installation (`ocpi.` by default). */
export interface Topic {
  name: string;
  direction: 'in' | 'out';
  /** `compact` keeps the newest record per key: a CSMS or a new subscriber can read the whole state from it. */
  cleanup: 'delete' | 'compact';
  /** At least; more is the operator's choice. */
  partitions: number;
  /** How the record's key is built. */
  key: string;
}

const topic = (
  name: string,
  direction: Topic['direction'],
  cleanup: Topic['cleanup'],
  key: string,
): Topic => ({ name, direction, cleanup, partitions: 12, key });

export const TOPICS = {
  locations: topic('csms.locations.v1', 'in', 'compact', '{country_code}*{party_id}*{location_id}'),
  tariffs: topic('csms.tariffs.v1', 'in', 'compact', '{country_code}*{party_id}*{tariff_id}'),
  evseStatus: topic(
    'csms.evse-status.v1',
    'in',
    'delete',
    '{country_code}*{party_id}*{location_id}',
  ),
  sessions: topic('csms.sessions.v1', 'in', 'delete', '{country_code}*{party_id}*{session_id}'),
  cdrs: topic('csms.cdrs.v1', 'in', 'delete', '{country_code}*{party_id}*{session_id}'),
  results: topic('csms.results.v1', 'in', 'delete', '{country_code}*{party_id}*{command_id}'),
  authorizationRequests: topic(
    'csms.authorizations.v1',
    'in',
    'delete',
    '{country_code}*{party_id}*{location_id}',
  ),
  requests: topic(
    'gateway.requests.v1',
    'out',
    'delete',
    '{country_code}*{party_id}*{location_id}',
  ),
  authorizations: topic(
    'gateway.authorizations.v1',
    'out',
    'delete',
    '{country_code}*{party_id}*{authorization_id}',
  ),
  tokens: topic('gateway.tokens.v1', 'out', 'compact', '{country_code}*{party_id}*{type}*{uid}'),
  partnerEvents: topic('gateway.partner-events.v1', 'out', 'delete', '{connection_id}'),
} as const satisfies Record<string, Topic>;
export type TopicId = keyof typeof TOPICS;

const DAY_MS = 86_400_000;

/**
 * How the topic is to be set up. What we write and compact names drivers: a key that was freed is forgotten within days, yet
 * not before a CSMS that was away for less than a week has seen its tombstone.
 */
export const topicConfiguration = ({
  cleanup,
  direction,
}: Topic): Record<string, string | number> => ({
  'cleanup.policy': cleanup,
  ...(cleanup === 'compact' &&
    direction === 'out' && {
      'max.compaction.lag.ms': DAY_MS,
      'delete.retention.ms': 7 * DAY_MS,
    }),
});

export const topicName = (id: TopicId, prefix: string): string => `${prefix}${TOPICS[id].name}`;

/** Where records of a topic go that could not be processed, with the reason in headers. */
export const deadLetterName = (topicName: string): string => `${topicName}.dlq`;

/** The topics that the gateway reads. */
export const INCOMING_TOPICS = (Object.keys(TOPICS) as TopicId[]).filter(
  (id) => TOPICS[id].direction === 'in',
);
