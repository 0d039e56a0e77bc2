import { isEventType } from '#csms-contract';
import { unstorableText } from '#database';
import { describeErrors, partyKey, type PartyId } from '#ocpi';
import { type EventHandler } from './event-handler.js';
import { EVENT_HANDLERS } from './event-handlers.js';
import { type CheckedEvent, type CsmsClient, type IncomingEvent } from './incoming-event.js';

/** An event ready for its handler, or why it can never be one. */
export type Check =
  | { ok: true; checked: CheckedEvent; handler: EventHandler; warnings: string[] }
  | { ok: false; reason: string };

const MAX_WARNINGS = 20;
/** A clock that runs further ahead is wrong, and what it says would outdate all that follows. */
const MAX_AHEAD_MS = 24 * 3600_000;

/** Everything that can be said of an event without the database: envelope, type, schema, OCPI's rules. */
export function checkEvent(event: IncomingEvent): Check {
  try {
    return check(event);
  } catch (error) {
    // Data nested without end, for one: whatever it is, it must not hold up what comes behind it.
    return { ok: false, reason: `cannot be checked: ${String(error)}` };
  }
}

function check({ parsed, raw }: IncomingEvent): Check {
  if (!parsed.ok) return { ok: false, reason: parsed.reason };
  const { event } = parsed;
  const handler = isEventType(event.type) ? EVENT_HANDLERS[event.type] : undefined;
  if (!handler) return { ok: false, reason: `unknown type ${event.type}` };
  if (event.time.getTime() > Date.now() + MAX_AHEAD_MS) {
    return { ok: false, reason: `time: ${event.time.toISOString()} lies in the future` };
  }
  const place = raw.includes('\\u') ? unstorableText(event.data) : undefined;
  if (place !== undefined) {
    return { ok: false, reason: `${place}: holds a NUL or half of a surrogate pair` };
  }
  const data = handler.check(event.data);
  if (!data.ok) return { ok: false, reason: describeErrors(data.errors) };
  const checked = { event, data: data.value, partyKey: partyKey(data.value as PartyId) };
  const warnings = handler
    .advise(data.value)
    .slice(0, MAX_WARNINGS)
    .map((warning) => describeErrors([warning]));
  return { ok: true, checked, handler, warnings };
}

/** Why the client may not write this event; undefined when it may. */
export function whyForbidden(client: CsmsClient, { parsed }: IncomingEvent): string | undefined {
  if (!parsed.ok) return undefined;
  const { source, data } = parsed.event;
  if (client.sources.length > 0 && !client.sources.includes(source)) {
    return `client ${client.name} may not write for source ${source}`;
  }
  const { country_code, party_id } = (data ?? {}) as Partial<PartyId>;
  if (typeof country_code !== 'string' || typeof party_id !== 'string') return undefined;
  return client.parties.includes(partyKey({ country_code, party_id }))
    ? undefined
    : `client ${client.name} may not write for party ${country_code}*${party_id}`;
}
