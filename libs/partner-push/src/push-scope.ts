import { type FoldedObject, type SeenTransactions } from '#change-log';
import { foldId, joinUrl, type ModuleId, type PartyId } from '#ocpi';
import { type Connection, endpointUrl, type PushOutcome } from '#partners';
import { type Metrics } from '#platform';
import { type DataSource } from 'typeorm';
import { type PushSender } from './push-sender.js';
import { type ConnectionView } from './state/connection-view.js';
import { type Freshness, type ObjectLoader } from './state/object-loader.js';

export type LiveConnection = Connection & { version: NonNullable<Connection['version']> };

/** What a push needs to know of the feed it belongs to. */
export interface PushScope {
  connection: LiveConnection;
  view: ConnectionView;
  sender: PushSender;
  loader: ObjectLoader;
  source: DataSource;
  metrics: Metrics;
  /** How fresh a state must be to tell the change of this transaction. */
  need(xid: number): Freshness;
  /** Does the partner lack this object because it refused it before? Then only the whole helps. */
  isParked(kind: FoldedObject['kind'], objectId: number): boolean;
  /** By the connection's rule and grants (LOC-10). */
  isShown(kind: 'location' | 'tariff', partyKey: string, objectKey: string): boolean;
}

/** What became of one task. */
export interface PushResult {
  /** Undefined: nothing had to be sent. */
  outcome: PushOutcome | undefined;
  /** `NL*AAA/LOC1`, for people. */
  objectName: string;
  /** What the partner now has (`location:1`, `evse:2`, …), with what the state that was sent holds. */
  covers?: [string, SeenTransactions][];
}

/** One thing to bring to a partner; run again, it starts from the state of then. */
export interface PushTask {
  kind: FoldedObject['kind'];
  objectId: number;
  /** When the oldest change it tells happened. */
  since: Date;
  /** `traceparent`s of the changes it tells, the newest last. */
  traces: readonly string[];
  /** The transaction of the newest change it tells. */
  xid: number;
  /** Failures so far. */
  attempts: number;
  /** Known once it was tried. */
  objectName?: string;
  run(scope: PushScope): Promise<PushResult>;
}

export const NOTHING = { outcome: undefined, objectName: '' } as const satisfies PushResult;

/** The URL of a client-owned object at the partner (TRN-41); undefined: it does not list the module (VER-11). */
export function objectUrl(
  { connection }: Pick<PushScope, 'connection'>,
  module: ModuleId,
  owner: PartyId,
  ...ids: string[]
): string | undefined {
  const endpoint = endpointUrl(connection, module, 'RECEIVER');
  if (endpoint === undefined) return undefined;
  return joinUrl(endpoint, owner.country_code, owner.party_id, ...ids);
}

export const nameOf = (owner: PartyId, ...ids: string[]): string =>
  [`${owner.country_code}*${owner.party_id}`, ...ids].join('/');

/** Key of an object in a set of grants. */
export const grantKey = (kind: string, partyKey: string, objectKey: string): string =>
  `${kind} ${partyKey} ${foldId(objectKey)}`;
