import { type ChangeEntity } from '#database';

/** What happened to one node of an object since a reader looked last: later changes swallow earlier ones. */
export interface NodeChanges {
  /** First sight, or something that only the whole node can tell: PUT. */
  whole: boolean;
  /** Its status changed. */
  status: boolean;
  /** Canonical fields with new values. */
  fields: ReadonlySet<string>;
}

/** The same of an EVSE and its Connectors, by id. */
export interface EvseChanges extends NodeChanges {
  /** As of the object, of this EVSE and its Connectors alone. */
  traces: readonly string[];
  connectors: ReadonlyMap<string, NodeChanges>;
}

// Most changes are of one status: what they do not need is not made, for every feed folds every change.
const NO_FIELDS: ReadonlySet<string> = new Set();
const NO_EVSES: ReadonlyMap<number, EvseChanges> = new Map();
const NO_CONNECTORS: ReadonlyMap<string, NodeChanges> = new Map();
const NO_TRACES: readonly string[] = [];

/** Of many changes the last ones say enough. */
const MOST_TRACES = 32;

/** All that happened to one object, folded (D2): one entry per object, however many changes there were. */
export interface FoldedObject {
  kind: 'location' | 'tariff' | 'session' | 'cdr';
  objectId: number;
  partyKey: string;
  audience: string | null;
  /** The object itself; EVSEs and Connectors of a Location stand below. */
  self: NodeChanges;
  /** By row id. */
  evses: ReadonlyMap<number, EvseChanges>;
  /** Its visibility may have changed, or it was withdrawn: what to do follows from the current state. */
  visibility: false | 'shown' | 'hidden';
  deleted: boolean;
  /** That it came into being is all there is to tell: no reader can have told anything of it before. */
  isNew: boolean;
  /** The newest change folded in, and when it happened. */
  last: Pick<ChangeEntity, 'xid' | 'seq'>;
  /** Of the oldest change: lag is measured from there. */
  since: Date;
  /** `traceparent`s of the work that made these changes, the newest last. */
  traces: readonly string[];
}

/** Folds rows of the change log per object, in the order of each object's first change. */
export function foldChanges(rows: readonly ChangeEntity[]): FoldedObject[] {
  const objects = new Map<string, FoldedObject>();
  for (const row of rows) {
    const kind = objectKind(row.kind);
    const key = `${kind}:${row.objectId}`;
    let object = objects.get(key);
    if (object) {
      // Whoever read up to here before, and could not store that, may have told of it already.
      object.isNew = false;
    } else {
      objects.set(key, (object = newObject(row, kind)));
      object.isNew = row.aspect === 'created' && row.kind === kind;
    }
    object.last = { xid: row.xid, seq: row.seq };
    foldInto(object, row);
    if (row.traceparent) noteTrace(object, row, row.traceparent);
  }
  return [...objects.values()];
}

const objectKind = (kind: ChangeEntity['kind']): FoldedObject['kind'] =>
  kind === 'evse' || kind === 'connector' ? 'location' : kind;

const newObject = (row: ChangeEntity, kind: FoldedObject['kind']): FoldedObject => ({
  kind,
  objectId: row.objectId,
  partyKey: row.partyKey,
  audience: row.audience,
  self: noChanges(),
  evses: NO_EVSES,
  visibility: false,
  deleted: false,
  isNew: false,
  last: row,
  since: row.eventTime ?? row.at,
  traces: NO_TRACES,
});

const noChanges = (): NodeChanges => ({
  whole: false,
  status: false,
  fields: NO_FIELDS,
});

/** Everything about one object at once, as a walk over all objects or a repair needs it. */
export const wholeObject = (
  given: Pick<FoldedObject, 'kind' | 'objectId' | 'partyKey' | 'audience' | 'since'>,
): FoldedObject => ({
  ...given,
  self: { ...noChanges(), whole: true },
  evses: NO_EVSES,
  visibility: false,
  deleted: false,
  isNew: true,
  last: { xid: 0, seq: 0 },
  traces: NO_TRACES,
});

function foldInto(object: FoldedObject, row: ChangeEntity): void {
  if (row.aspect === 'shown' || row.aspect === 'hidden') {
    object.visibility = row.aspect;
    object.self.whole = true;
  } else if (row.aspect === 'deleted') {
    object.deleted = true;
  } else {
    note(nodeOf(object, row), row);
    if (row.fields?.includes('publish') === true) object.visibility ||= 'shown';
  }
}

function nodeOf(object: FoldedObject, row: ChangeEntity): NodeChanges {
  if (row.kind !== 'evse' && row.kind !== 'connector') return object.self;
  if (row.evseId === null) return object.self;
  let evse = object.evses.get(row.evseId);
  if (!evse) {
    evse = { ...noChanges(), connectors: NO_CONNECTORS, traces: NO_TRACES };
    object.evses = added(object.evses, row.evseId, evse);
  }
  if (row.kind === 'evse' || row.connectorId === null) return evse;
  let connector = evse.connectors.get(row.connectorId);
  if (!connector) {
    connector = noChanges();
    evse.connectors = added(evse.connectors, row.connectorId, connector);
  }
  return connector;
}

function note(node: NodeChanges, row: ChangeEntity): void {
  if (row.aspect === 'status') node.status = true;
  else if (row.aspect === 'fields') node.fields = new Set([...node.fields, ...(row.fields ?? [])]);
  else node.whole = true;
}

function noteTrace(object: FoldedObject, { evseId }: ChangeEntity, trace: string): void {
  object.traces = withTrace(object.traces, trace);
  const evse = evseId === null ? undefined : object.evses.get(evseId);
  if (evse) evse.traces = withTrace(evse.traces, trace);
}

const withTrace = (known: readonly string[], trace: string): readonly string[] =>
  known.at(-1) === trace ? known : [...known, trace].slice(-MOST_TRACES);

const added = <K, V>(known: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
  new Map([...known, [key, value]]);
