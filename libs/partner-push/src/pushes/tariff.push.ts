import { type FoldedObject } from '#change-log';
import { encodeTariff, tariffVisible } from '#ocpi';
import { meetsParty } from '#partners';
import {
  nameOf,
  NOTHING,
  objectUrl,
  type PushResult,
  type PushScope,
  type PushTask,
} from '../push-scope.js';

/** A tariff is told by PUT, on every version (TAR-03, TAR-04), or taken away by DELETE (TAR-05). */
export const tariffTask = (object: FoldedObject): PushTask => ({
  kind: 'tariff',
  objectId: object.objectId,
  since: object.since,
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
  const covers: [string, number][] = [[`tariff:${object.objectId}`, loaded.horizon]];

  const { version } = scope.connection;
  const isShown =
    row.deletedAt === null &&
    scope.isShown('tariff', row.partyKey, row.tariffKey) &&
    tariffVisible(version, tariff, new Date());
  const encoded = isShown ? encodeTariff(version, tariff, scope.view.tariffView()) : undefined;
  if (encoded && 'wire' in encoded) {
    const { outcome } = await scope.sender.send({
      ...request,
      method: 'PUT',
      body: JSON.stringify(encoded.wire),
    });
    return { outcome, objectName, covers };
  }
  if (object.isNew) return { outcome: undefined, objectName };
  const { outcome } = await scope.sender.send({ ...request, method: 'DELETE' });
  // A partner that never had it has nothing to delete.
  const isGone =
    outcome.kind === 'rejected' && (outcome.httpStatus === 404 || outcome.httpStatus < 300);
  return { outcome: isGone ? { kind: 'delivered' } : outcome, objectName, covers };
}
