import { type EvseChanges, type FoldedObject, type NodeChanges } from '#change-log';
import { meetsParty, type PushOutcome } from '#partners';
import { NOTHING, type PushResult, type PushScope, type PushTask } from '../push-scope.js';
import { RenderedLocation } from '../state/location-rendering.js';
import { pushEvseStatus } from './evse-status.push.js';
import { pushFields } from './location-node.push.js';
import { LocationTarget } from './location-target.js';

/**
 * The tasks that tell what happened to a Location. Changes of EVSEs alone are told EVSE by EVSE, at the same time; with
 * a change of the Location itself everything goes one after the other.
 */
export function locationTasks(object: FoldedObject): PushTask[] {
  const { objectId, since } = object;
  const evses = [...object.evses];
  const task = (traces: readonly string[], run: PushTask['run']): PushTask => ({
    kind: 'location',
    objectId,
    since,
    traces,
    xid: object.last.xid,
    attempts: 0,
    run,
  });
  if (object.self.whole || object.self.fields.size > 0) {
    return [task(object.traces, (scope) => pushLocation(scope, object, evses))];
  }
  return evses.map((evse) => task(evse[1].traces, (scope) => pushLocation(scope, object, [evse])));
}

async function pushLocation(
  scope: PushScope,
  object: FoldedObject,
  evses: readonly (readonly [number, EvseChanges])[],
): Promise<PushResult> {
  const loaded = await scope.loader.get('location', object.objectId, scope.need(object.last.xid));
  const { row } = loaded;
  if (!row || !meetsParty(scope.connection, row.partyKey)) return NOTHING;
  const rendered = await RenderedLocation.of(loaded, scope.view);
  const target = new LocationTarget(scope, rendered, 'location');
  const objectName = target.name;
  const isShown = scope.isShown('location', row.partyKey, row.locationKey);
  if (!isShown || rendered.isWithheld) {
    const outcome = object.visibility && !object.isNew ? await takeBack(target) : undefined;
    return { outcome, objectName };
  }

  const covers: NonNullable<PushResult['covers']> = [];
  const told = (outcome: PushOutcome | undefined, ...keys: string[]): boolean => {
    if (outcome === undefined) return true;
    if (outcome.kind !== 'delivered') return false;
    for (const key of keys) covers.push([key, loaded.seen]);
    return true;
  };
  let outcome: PushOutcome | undefined;
  if (object.self.whole || scope.isParked('location', object.objectId)) {
    outcome = await target.put();
    told(outcome, `location:${object.objectId}`);
    return { outcome, objectName, covers };
  }
  if (object.self.fields.size > 0) {
    const pushed = await pushFields(target, object.self);
    outcome = pushed.outcome;
    if (!told(outcome, ...(pushed.isWhole ? [`location:${object.objectId}`] : []))) {
      return { outcome, objectName, covers };
    }
    if (pushed.isWhole) return { outcome, objectName, covers };
  }
  for (const [evseId, changes] of evses) {
    const evse = rendered.evseRow(evseId);
    if (!evse) continue;
    const node = new LocationTarget(scope, rendered, 'evse', evse);
    const pushed = await pushEvse(node, changes);
    outcome = pushed.outcome ?? outcome;
    if (!told(pushed.outcome, ...pushed.covers.map((level) => `${level}:${evseId}`))) {
      return { outcome, objectName, covers };
    }
  }
  return { outcome, objectName, covers };
}

interface PushedEvse {
  outcome: PushOutcome | undefined;
  covers: ('evse' | 'status')[];
}

async function pushEvse(target: LocationTarget, changes: EvseChanges): Promise<PushedEvse> {
  const { evse } = target;
  if (!evse) return { outcome: undefined, covers: [] };
  if (changes.whole) return { outcome: await target.put(), covers: ['evse', 'status'] };
  let outcome: PushOutcome | undefined;
  if (changes.fields.size > 0) {
    const pushed = await pushFields(target, changes);
    if (pushed.isWhole) return { outcome: pushed.outcome, covers: ['evse', 'status'] };
    outcome = pushed.outcome;
  } else if (changes.status) {
    outcome = await pushEvseStatus(target, evse);
  }
  const covers: PushedEvse['covers'] = changes.status ? ['status'] : [];
  for (const [connectorId, connector] of changes.connectors) {
    if (outcome !== undefined && outcome.kind !== 'delivered') break;
    outcome = (await pushConnector(target, connectorId, connector)) ?? outcome;
  }
  return { outcome, covers };
}

/** A change of one Connector goes to the three-id URL (LOC-15). */
async function pushConnector(
  evse: LocationTarget,
  connectorId: string,
  changes: NodeChanges,
): Promise<PushOutcome | undefined> {
  const target = new LocationTarget(evse.scope, evse.rendered, 'connector', evse.evse, connectorId);
  if (target.object === undefined) return undefined;
  return changes.whole ? target.put() : (await pushFields(target, changes)).outcome;
}

/** What a partner may see no longer is not deleted but REMOVED, EVSE by EVSE in one PUT (LOC-27). */
async function takeBack(target: LocationTarget): Promise<PushOutcome | undefined> {
  const body = target.rendered.removedText(target.scope.view.bareLocationView());
  return body === undefined ? undefined : (await target.send('PUT', body))?.outcome;
}
