import { type FoldedObject } from '#change-log';
import { encodeSession, type Location, partyKey, sessionPatch, type WireObject } from '#ocpi';
import { meetsParty, type PushOutcome, seesSessionsOf, tokenPartiesOf } from '#partners';
import {
  type LiveConnection,
  nameOf,
  NOTHING,
  objectUrl,
  type PushResult,
  type PushScope,
  type PushTask,
} from '../push-scope.js';
import { type PushRequest } from '../push-sender.js';
import { acknowledgedSession, storeAcknowledged } from '../records/session-deliveries.js';
import { asksForRepair, isMissing, wantsNoTraffic } from '../repair.js';
import { type SessionRow } from '../state/object-rows.js';
import { copyHolds } from './copy-holds.js';

/** A Session goes to the connection of its token's owner, and to SCSPs of ours (SES-12): first by PUT, then by PATCH of what is new. */
export const sessionTask = (object: FoldedObject): PushTask => ({
  kind: 'session',
  objectId: object.objectId,
  since: object.since,
  traces: object.traces,
  xid: object.last.xid,
  attempts: 0,
  run: (scope) => pushSession(scope, object),
});

async function pushSession(scope: PushScope, object: FoldedObject): Promise<PushResult> {
  const loaded = await scope.loader.get('session', object.objectId, scope.need(object.last.xid));
  const { row } = loaded;
  const { connection, source } = scope;
  if (!row || !meetsParty(connection, row.partyKey)) return NOTHING;
  if (!seesSessionsOf(connection, row.tokenPartyKey)) return NOTHING;
  const { session } = row;
  const objectName = nameOf(session, session.id);
  const url = objectUrl(scope, 'sessions', session, session.id);
  const current = encoded(scope, row);
  if (url === undefined || !current) return NOTHING;

  const acknowledged = await acknowledgedSession(source, connection.id, row.id);
  if (acknowledged && isFinal(acknowledged)) return { outcome: undefined, objectName };
  const next = sessionPatch(connection.version, acknowledged, current);
  if (next.verb === 'none') return { outcome: undefined, objectName };
  const request = { url, kind: 'session', objectName, from: session, to: ownerOf(row, connection) };
  const outcome =
    next.verb === 'put' || connection.profile.sessionsVerb === 'put_full'
      ? await putSession(scope, request, current)
      : await patchSession(scope, request, { row, patch: next.body, current });
  if (outcome.kind === 'delivered') {
    await storeAcknowledged(source, connection.id, row.id, current);
  }
  return { outcome, objectName, covers: [[`session:${row.id}`, loaded.seen]] };
}

type Addressed = Omit<PushRequest, 'method' | 'body'>;

const putSession = async (
  scope: PushScope,
  request: Addressed,
  current: WireObject,
): Promise<PushOutcome> =>
  (await scope.sender.send({ ...request, method: 'PUT', body: JSON.stringify(current) })).outcome;

/** Periods are appended by the receiver, so a PATCH with periods is never repeated: when in doubt a PUT follows (SES-16). */
async function patchSession(
  scope: PushScope,
  request: Addressed,
  { row, patch, current }: { row: SessionRow; patch: WireObject; current: WireObject },
): Promise<PushOutcome> {
  if (patch.charging_periods !== undefined) {
    await storeAcknowledged(scope.source, scope.connection.id, row.id, null);
  }
  const sent = await scope.sender.send({
    ...request,
    method: 'PATCH',
    body: JSON.stringify(patch),
  });
  if (!asksForRepair(sent)) return sent.outcome;
  // SES-21: look at the partner's copy, and put the whole when it is missing or differs.
  const copy = await scope.sender.send({ ...request, method: 'GET' });
  if (copy.outcome.kind === 'unauthorized' || copy.answer.kind === 'failed') return copy.outcome;
  if (wantsNoTraffic(copy)) return copy.outcome;
  const isSame = !isMissing(copy) && copyHolds(copy.answer.data, current);
  return isSame ? { kind: 'delivered' } : putSession(scope, request, current);
}

/** COMPLETED and INVALID are the end: nothing is sent after them (SES-25). */
const isFinal = ({ status }: WireObject): boolean => status === 'COMPLETED' || status === 'INVALID';

function encoded(scope: PushScope, row: SessionRow): WireObject | undefined {
  const { locationSnapshot, session } = row;
  const location =
    locationSnapshot === null ? undefined : (JSON.parse(locationSnapshot) as Location);
  const result = encodeSession(scope.connection.version, session, {
    ...(location && { location }),
    locationView: scope.view.bareLocationView(),
  });
  return 'wire' in result ? result.wire : undefined;
}

/** Undefined where it goes to somebody else, an SCSP. */
const ownerOf = ({ session, tokenPartyKey }: SessionRow, connection: LiveConnection) => {
  if (!tokenPartiesOf(connection).includes(tokenPartyKey)) return undefined;
  const { country_code, party_id } = session.cdr_token;
  const owner = { country_code, party_id };
  return partyKey(owner) === tokenPartyKey ? owner : undefined;
};
