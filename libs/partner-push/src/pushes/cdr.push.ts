import { type FoldedObject } from '#change-log';
import { foldId, partyKey, single } from '#ocpi';
import { endpointUrl, meetsParty, type PushOutcome, tokenPartiesOf } from '#partners';
import { createLogger } from '#platform';
import { nameOf, NOTHING, type PushResult, type PushScope, type PushTask } from '../push-scope.js';
import { type PushRequest, type SentPush } from '../push-sender.js';
import {
  type CdrReceipt,
  countAttempt,
  keepRendition,
  owe,
  settle,
} from '../records/cdr-receipts.js';
import { cdrViewKey, renderCdr } from '../state/cdr-view.js';
import { type CdrRow } from '../state/object-rows.js';

const log = createLogger('cdr-push');

/** A CDR is POSTed to the party that pays (CDR-04, CDR-09) until it is acknowledged or parked, and never again after. */
export const cdrTask = (object: FoldedObject): PushTask => ({
  kind: 'cdr',
  objectId: object.objectId,
  since: object.since,
  traces: object.traces,
  xid: object.last.xid,
  attempts: 0,
  run: (scope) => pushCdr(scope, object),
});

async function pushCdr(scope: PushScope, object: FoldedObject): Promise<PushResult> {
  const { connection, source } = scope;
  const { profile } = connection;
  const { row } = await scope.loader.get('cdr', object.objectId, scope.need(object.last.xid));
  if (!row || !meetsParty(connection, row.partyKey) || profile.cdrsPush === 'off') return NOTHING;
  if (!tokenPartiesOf(connection).includes(row.tokenPartyKey)) return NOTHING;
  const objectName = nameOf(row.cdr, row.cdr.id);
  const url = endpointUrl(connection, 'cdrs', 'RECEIVER');
  const receipt = await owe(source, connection.id, row.id);
  if (receipt.state !== 'owed') return { outcome: undefined, objectName };
  if (url === undefined || profile.cdrsPush === 'pull_only') {
    await settle(source, connection.id, row.id, { state: 'pull_only' });
    return { outcome: undefined, objectName };
  }
  const rendition = await keepRendition(source, row.id, cdrViewKey(scope.view), () =>
    renderCdr(row, scope.view),
  );
  if (rendition.body === null) {
    const reason = rendition.withheld;
    await settle(source, connection.id, row.id, { state: 'withheld', reason });
    log.error({ connection: connection.id, cdr: objectName, reason }, 'CDR to be settled by hand');
    scope.metrics.withheldCdrsTotal.inc({ connection: connection.id });
    return { outcome: undefined, objectName };
  }
  const outcome = await post(scope, { row, receipt, url, body: rendition.body, objectName });
  return { outcome, objectName };
}

interface Posting {
  row: CdrRow;
  receipt: CdrReceipt;
  url: string;
  body: string;
  objectName: string;
}

async function post(scope: PushScope, posting: Posting): Promise<PushOutcome | undefined> {
  const { connection, source } = scope;
  const { row, url, body, objectName } = posting;
  const request = addressed(row, { url, kind: 'cdr', objectName, from: row.cdr });
  await countAttempt(source, connection.id, row.id);
  const sent = await scope.sender.send({ ...request, method: 'POST', body });
  if (sent.outcome.kind === 'delivered' || (await isDuplicate(scope, sent, request, posting))) {
    const locationUrl = locationOf(sent, url) ?? null;
    if (locationUrl === null) {
      log.warn({ connection: connection.id, cdr: objectName }, 'CDR acknowledged without Location');
    }
    await settle(source, connection.id, row.id, { state: 'delivered', locationUrl });
    return { kind: 'delivered' };
  }
  if (sent.outcome.kind === 'unavailable' && !connection.profile.cdrsOwed) {
    const { reason } = sent.outcome;
    await settle(source, connection.id, row.id, { state: 'pull_only', reason });
    return undefined;
  }
  return sent.outcome;
}

/** Says of the CDR itself that it is there; "well-known", "unknown" or "session already closed" do not. */
const ALREADY_THERE =
  /\balready\s+(been\s+)?(exists?|existing|known|stored|received|registered|processed|present|there)\b|\b(cdr|id|object|record)\b.{0,60}\bexists\b|\bduplicated?\b/i;

/**
 * "I have that one already" is an acknowledgement (CDR-08). Where the answer says where the copy lies, it is read and must
 * be the same CDR. A copy that cannot be read back is believed for HTTP 409, or where we did send this CDR before: a
 * refusal whose words only sound like it must not settle a debt.
 */
async function isDuplicate(
  scope: PushScope,
  { outcome, answer }: SentPush,
  request: Omit<PushRequest, 'method' | 'body'>,
  { row: { cdr }, receipt }: Posting,
): Promise<boolean> {
  if (outcome.kind !== 'rejected' || answer.kind !== 'answered') return false;
  const isConflict = answer.httpStatus === 409;
  if (!isConflict && !ALREADY_THERE.test(answer.statusMessage ?? '')) return false;
  const isBelieved = isConflict || receipt.attempts > 0;
  const url = locationOf({ outcome, answer }, request.url);
  if (url === undefined || new URL(url).host !== new URL(request.url).host) return isBelieved;
  const copy = await scope.sender.send({ ...request, url, method: 'GET' });
  if (copy.outcome.kind !== 'delivered' || copy.answer.kind !== 'answered') return isBelieved;
  const id = (copy.answer.data as { id?: unknown } | undefined)?.id;
  return typeof id === 'string' ? foldId(id) === foldId(cdr.id) : isBelieved;
}

/** Header Location, resolved against the request (CDR-05); undefined when absent or no URL. */
function locationOf({ answer }: SentPush, requestUrl: string): string | undefined {
  const header = answer.kind === 'answered' ? single(answer.headers, 'location') : undefined;
  return header !== undefined && URL.canParse(header, requestUrl)
    ? new URL(header, requestUrl).href
    : undefined;
}

/** A CDR is addressed to the owner of its token (CDR-51). */
function addressed(
  { cdr, tokenPartyKey }: CdrRow,
  request: Omit<PushRequest, 'method' | 'body' | 'to'>,
): Omit<PushRequest, 'method' | 'body'> {
  const { country_code, party_id } = cdr.cdr_token;
  const owner = { country_code, party_id };
  return { ...request, ...(partyKey(owner) === tokenPartyKey && { to: owner }) };
}
