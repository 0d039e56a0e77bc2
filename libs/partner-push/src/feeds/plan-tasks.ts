import { foldChanges, type FoldedObject } from '#change-log';
import { type ChangeEntity } from '#database';
import { endpointUrl, meetsParty, seesSessionsOf, tokenPartiesOf } from '#partners';
import { cdrTask } from '../pushes/cdr.push.js';
import { locationTasks } from '../pushes/location.push.js';
import { sessionTask } from '../pushes/session.push.js';
import { tariffTask } from '../pushes/tariff.push.js';
import { type LiveConnection, type PushTask } from '../push-scope.js';

/** Roles that get Locations and Tariffs by default, and those that get Sessions and CDRs (TER-04). */
const PUBLIC_DATA = new Set(['EMSP', 'NSP', 'NAP', 'OTHER', 'HUB']);

/** Which kinds of object a connection is pushed: by its profile, its roles, and the modules it lists (VER-11). */
export function pushedKinds(connection: LiveConnection): ReadonlySet<FoldedObject['kind']> {
  const { profile, parties } = connection;
  const kinds = new Set<FoldedObject['kind']>();
  const isListed = (module: 'locations' | 'tariffs' | 'sessions') =>
    endpointUrl(connection, module, 'RECEIVER') !== undefined;
  const isPublic = parties.length === 0 || parties.some(({ role }) => PUBLIC_DATA.has(role));
  if (isPublic && profile.locationsPush !== 'pull_only' && isListed('locations'))
    kinds.add('location');
  if (isPublic && profile.tariffsPush === 'push' && isListed('tariffs')) kinds.add('tariff');
  if (profile.sessionsPush === 'push' && isListed('sessions')) kinds.add('session');
  // A partner without the module is owed nothing, but its receipt says that it has to fetch.
  if (profile.cdrsPush !== 'off') kinds.add('cdr');
  return kinds;
}

/** Does this change concern the connection, as far as that can be told without the object? */
export function concerns(
  connection: LiveConnection,
  kinds: ReadonlySet<FoldedObject['kind']>,
  change: ChangeEntity,
): boolean {
  const kind = change.kind === 'evse' || change.kind === 'connector' ? 'location' : change.kind;
  if (!kinds.has(kind)) return false;
  if (change.connectionId !== null && change.connectionId !== connection.id) return false;
  if (change.versions !== null && !change.versions.includes(connection.version)) return false;
  if (!meetsParty(connection, change.partyKey)) return false;
  if (kind !== 'session' && kind !== 'cdr') return true;
  if (change.audience === null) return true;
  return kind === 'session'
    ? seesSessionsOf(connection, change.audience)
    : tokenPartiesOf(connection).includes(change.audience);
}

/**
 * What to do about a batch of changes, in phases that follow each other: tariffs before the Locations that name them,
 * Sessions before their CDRs, and tariffs are deleted last, when no Connector names them any more (TAR-06).
 */
export function planTasks(changes: readonly ChangeEntity[]): PushTask[][] {
  const phases: PushTask[][] = [[], [], [], [], []];
  const add = (phase: number, tasks: PushTask[]) => phases[phase]?.push(...tasks);
  for (const object of foldChanges(changes)) planObject(object, add);
  return phases.filter((tasks) => tasks.length > 0);
}

function planObject(object: FoldedObject, add: (phase: number, tasks: PushTask[]) => void): void {
  switch (object.kind) {
    case 'tariff':
      return add(object.deleted || object.visibility === 'hidden' ? 4 : 0, [tariffTask(object)]);
    case 'location':
      return add(1, locationTasks(object));
    case 'session':
      return add(2, [sessionTask(object)]);
    case 'cdr':
      return add(3, [cdrTask(object)]);
  }
}
