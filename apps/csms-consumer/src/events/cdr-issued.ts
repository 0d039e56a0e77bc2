import { rowsOf } from '#change-log';
import {
  type Cdr,
  cdrChecker,
  checkCdr,
  creditFaults,
  describeErrors,
  foldId,
  lintCdr,
  type Location,
  parseDateTime,
  partyKey,
  type Session,
} from '#ocpi';
import { isDeepStrictEqual } from 'node:util';
import { lockLocationsByKey, placeKey } from '../locations/stored-locations.js';
import { eventHandler, type EventTransaction } from './event-handler.js';
import {
  APPLIED,
  type CheckedEvent,
  held,
  parked,
  UNCHANGED,
  type Verdict,
  withWarnings,
} from './incoming-event.js';
import { sessionParent } from './parent-keys.js';
import { unheardTokens } from './unheard-tokens.js';
import { withoutAliases } from './without-aliases.js';

type Issued = CheckedEvent<Cdr>;
const keyOf = ({ partyKey: party, data }: Issued): string => `${party}/${foldId(data.id)}`;
const creditedKeyOf = ({ partyKey: party, data }: Issued): string | undefined =>
  data.credit === true && data.credit_reference_id !== undefined
    ? `${party}/${foldId(data.credit_reference_id)}`
    : undefined;

/**
 * A final CDR, taken over as given once its Session has ended (CDR-07, CDR-09, CDR-18). A credit that changes more than the total of its
 * original is passed on with a warning (CDR-12).
 */
export const cdrIssued = eventHandler<Cdr>({
  checker: cdrChecker,
  rules: checkCdr,
  advice: lintCdr,
  handle: async (tx, given) => {
    const events = await withoutAliases(tx.sql, given);
    const known = await readCdrs(tx, events);
    const sessions = await readSessions(tx, events);
    const places = await lockLocationsByKey(
      tx.sql,
      events
        .filter(({ data }) => data.session_id === undefined)
        .map((event) => ({
          partyKey: event.partyKey,
          locationKey: foldId(event.data.cdr_location.id),
        })),
    );
    const fresh: { event: Issued; snapshot: string | null }[] = [];
    const credits = new Map<Issued, string>();
    const verdicts = events.map((event) => {
      const session = sessions.get(`${event.partyKey}/${foldId(event.data.session_id ?? '')}`);
      const verdict = decide(event, known.get(keyOf(event)), session);
      if (verdict.outcome !== 'applied') return verdict;
      known.set(keyOf(event), event.data);
      const original = known.get(creditedKeyOf(event) ?? '');
      const faults = original ? creditFaults(event.data, original) : [];
      if (faults.length > 0) credits.set(event, describeErrors(faults));
      const place = places.get(placeKey(event.partyKey, foldId(event.data.cdr_location.id)));
      const snapshot = session
        ? session.snapshot
        : place
          ? JSON.stringify(placeUsed(place.location, event.data))
          : null;
      fresh.push({ event, snapshot });
      return verdict;
    });
    await insert(tx, fresh);
    const unheard = await unheardTokens(
      tx.sql,
      fresh.map(({ event }) => event),
    );
    return withWarnings(events, withWarnings(events, verdicts, unheard), credits);
  },
});

interface EndedSession {
  body: string;
  status: string;
  snapshot: string | null;
}

function decide(
  { data, partyKey: party }: Issued,
  known: Cdr | undefined,
  session: EndedSession | undefined,
): Verdict {
  if (known) {
    return isDeepStrictEqual(known, data)
      ? UNCHANGED
      : parked('id: this CDR was issued with other content, and a CDR never changes');
  }
  if (data.session_id === undefined) return APPLIED;
  if (!session || !['COMPLETED', 'INVALID'].includes(session.status)) {
    const what = session ? 'has not ended' : 'is not known';
    return held(sessionParent(party, data.session_id), `Session ${data.session_id} ${what} yet`);
  }
  if (session.status === 'INVALID') return parked('session_id: an INVALID Session is not billed');
  const { cdr_token: token } = JSON.parse(session.body) as Session;
  const isSameToken =
    partyKey(token) === partyKey(data.cdr_token) &&
    foldId(token.uid) === foldId(data.cdr_token.uid) &&
    foldId(token.contract_id) === foldId(data.cdr_token.contract_id);
  return isSameToken ? APPLIED : parked('cdr_token: not the token of the Session');
}

/** These CDRs, where they are stored already, and those that they take back. */
async function readCdrs(
  tx: EventTransaction,
  events: readonly Issued[],
): Promise<Map<string, Cdr>> {
  const rows = await rowsOf<{ key: string; body: string }>(
    tx.sql,
    `SELECT party_key || '/' || cdr_key AS key, body FROM cdr
      WHERE (party_key, cdr_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [
      events.flatMap(({ partyKey: party }) => [party, party]),
      events.flatMap(({ data }) => [foldId(data.id), foldId(data.credit_reference_id ?? '')]),
    ],
  );
  return new Map(rows.map(({ key, body }) => [key, JSON.parse(body) as Cdr]));
}

async function readSessions(
  tx: EventTransaction,
  events: readonly Issued[],
): Promise<Map<string, EndedSession>> {
  const named = events.filter(({ data }) => data.session_id !== undefined);
  const rows = await rowsOf<EndedSession & { key: string }>(
    tx.sql,
    `SELECT party_key || '/' || session_key AS key, body, status, location_snapshot AS snapshot FROM session
      WHERE (party_key, session_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [named.map((event) => event.partyKey), named.map(({ data }) => foldId(data.session_id ?? ''))],
  );
  return new Map(rows.map(({ key, ...row }) => [key, row]));
}

/** The Location with the EVSE and Connector of a CDR without Session (CDR-26). */
function placeUsed(location: Location, { cdr_location: used }: Cdr): Location {
  const { evses = [], ...own } = location;
  const evse = evses.find(({ uid }) => foldId(uid) === foldId(used.evse_uid));
  const connectors = evse?.connectors.filter(({ id }) => foldId(id) === foldId(used.connector_id));
  return evse && connectors?.length ? { ...own, evses: [{ ...evse, connectors }] } : own;
}

async function insert(
  tx: EventTransaction,
  list: readonly { event: Issued; snapshot: string | null }[],
): Promise<void> {
  if (list.length === 0) return;
  const rows = await rowsOf<{ id: number; key: string }>(
    tx.sql,
    `INSERT INTO cdr (party_key, cdr_key, token_party_key, session_key, body, location_snapshot, last_updated)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
     RETURNING id, party_key || '/' || cdr_key AS key`,
    [
      list.map(({ event }) => event.partyKey),
      list.map(({ event }) => foldId(event.data.id)),
      list.map(({ event }) => partyKey(event.data.cdr_token)),
      list.map(({ event }) =>
        event.data.session_id === undefined ? null : foldId(event.data.session_id),
      ),
      list.map(({ event }) => JSON.stringify(event.data)),
      list.map(({ snapshot }) => snapshot),
      list.map(({ event }) => parseDateTime(event.data.last_updated)),
    ],
  );
  const ids = new Map(rows.map(({ id, key }) => [key, id]));
  for (const { event } of list) {
    tx.changes.push({
      kind: 'cdr',
      objectId: ids.get(keyOf(event)) ?? 0,
      aspect: 'created',
      audience: partyKey(event.data.cdr_token),
      partyKey: event.partyKey,
      eventTime: event.event.time,
      traceparent: event.event.traceparent ?? null,
    });
  }
}
