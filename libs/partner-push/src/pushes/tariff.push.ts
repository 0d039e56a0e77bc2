import { type FoldedObject } from '#change-log';
import { encodeTariff, tariffVisible, type WireObject } from '#ocpi';
import { meetsParty, type PushOutcome } from '#partners';
import {
  nameOf,
  NOTHING,
  objectUrl,
  type PushResult,
  type PushScope,
  type PushTask,
} from '../push-scope.js';
import { type PushRequest } from '../push-sender.js';
import { isMissing, isReadable, wantsNoTraffic } from '../repair.js';
import { copyHolds } from './copy-holds.js';

/** A tariff is told by PUT, on every version (TAR-03, TAR-04), or taken away by DELETE (TAR-05). */
export const tariffTask = (object: FoldedObject): PushTask => ({
  kind: 'tariff',
  objectId: object.objectId,
  since: object.since,
  traces: object.traces,
  xid: object.last.xid,
  attempts: 0,
  run: (scope) => pushTariff(scope, object),
});

async function pushTariff(scope: PushScope, object: FoldedObject): Promise<PushResult> {
  const loaded = await scope.loader.get('tariff', object.objectId, scope.need(object.last.xid));
  const { row } = loaded;
  if (!row || !meetsParty(scope.connection, row.partyKey)) return NOTHING;
  const { tariff } = row;
  const objectName = nameOf(tariff, tariff.id);
  const url = objectUrl(scope, 'tariffs', tariff, tariff.id);
  if (url === undefined) return NOTHING;
  const request = { url, kind: 'tariff', objectName, from: tariff };
  const covers: PushResult['covers'] = [[`tariff:${object.objectId}`, loaded.seen]];

  const { version } = scope.connection;
  const isShown =
    row.deletedAt === null &&
    scope.isShown('tariff', row.partyKey, row.tariffKey) &&
    tariffVisible(version, tariff, new Date());
  const encoded = isShown
    ? encodeTariff(version, tariff, scope.view.tariffView(row.acVoltage))
    : undefined;
  if (encoded && 'wire' in encoded) {
    const outcome = await putTariff(scope, request, encoded.wire);
    return { outcome, objectName, covers };
  }
  if (object.isNew) return { outcome: undefined, objectName };
  return { outcome: await deleteTariff(scope, request), objectName, covers };
}

type Addressed = Omit<PushRequest, 'method' | 'body'>;

/** A PUT that was refused is followed by a look at the partner's copy, and put again when that is missing or differs (TAR-07). */
async function putTariff(
  { sender }: PushScope,
  request: Addressed,
  wire: WireObject,
): Promise<PushOutcome> {
  const put = { ...request, method: 'PUT', body: JSON.stringify(wire) } as const;
  const sent = await sender.send(put);
  if (sent.outcome.kind !== 'rejected') return sent.outcome;
  const copy = await sender.send({ ...request, method: 'GET' });
  if (wantsNoTraffic(copy)) return copy.outcome;
  if (!isReadable(copy)) return sent.outcome;
  if (!isMissing(copy) && copy.answer.kind === 'answered' && copyHolds(copy.answer.data, wire))
    return { kind: 'delivered' };
  return (await sender.send(put)).outcome;
}

/** A DELETE that was refused is settled when the partner has no copy, and said once more when it has (TAR-07). */
async function deleteTariff({ sender }: PushScope, request: Addressed): Promise<PushOutcome> {
  const remove = { ...request, method: 'DELETE' } as const;
  const sent = await sender.send(remove);
  // A partner that never had it has nothing to delete.
  if (isMissing(sent)) return { kind: 'delivered' };
  if (sent.outcome.kind !== 'rejected') return sent.outcome;
  const copy = await sender.send({ ...request, method: 'GET' });
  if (wantsNoTraffic(copy)) return copy.outcome;
  if (!isReadable(copy)) return sent.outcome;
  return isMissing(copy) ? { kind: 'delivered' } : (await sender.send(remove)).outcome;
}
