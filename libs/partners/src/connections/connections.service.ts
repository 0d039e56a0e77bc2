import { Injectable } from '@nestjs/common';
import { type ConnectionKind } from '#database';
import { recordAct } from '#audit';
import { describeErrors, isOcpiVersion } from '#ocpi';
import { DataSource, type EntityManager } from 'typeorm';
import { type Connection } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { issueToken } from '../credentials-tokens.js';
import { OwnCredentials } from '../handshake/own-credentials.js';
import { signal } from '../handshake/registration-store.js';
import { profileErrors } from '../profile/resolve-profile.js';
import { ConnectionError } from './connection-errors.js';

export interface NewConnection {
  /** A slug: lower case letters, digits, hyphens. */
  id: string;
  name: string;
  kind?: ConnectionKind;
  preset?: string | null;
  profile?: Record<string, unknown>;
  /** Party keys, or `*`. */
  allowedParties: string[];
  hostedParties?: string[] | null;
  offeredVersions?: string[] | null;
}

export type ConnectionChanges = Partial<Omit<NewConnection, 'id'>>;

/** What goes to the partner outside OCPI; shown once (CRD-42). */
export interface Invitation {
  connectionId: string;
  token: string;
  versionsUrl: string;
}

const COLUMNS: Record<keyof ConnectionChanges, string> = {
  name: 'name',
  kind: 'kind',
  preset: 'preset',
  profile: 'profile',
  allowedParties: 'allowed_parties',
  hostedParties: 'hosted_parties',
  offeredVersions: 'offered_versions',
};

/** What an operator does to connections without talking to the partner. @throws ConnectionError */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly own: OwnCredentials,
  ) {}

  /** A new connection with token A for the partner (CRD-01, CRD-42). */
  async create(given: NewConnection): Promise<Invitation> {
    if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(given.id)) {
      throw new ConnectionError(400, 'id: 1 to 63 lower case letters, digits or hyphens');
    }
    check(given);
    const token = await this.dataSource.transaction(async (tx) => {
      const rows = await tx.query<unknown[]>(
        `INSERT INTO connection (id, name, kind, preset, profile, allowed_parties, hosted_parties, offered_versions)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING RETURNING id`,
        [
          given.id,
          given.name,
          given.kind ?? 'peer',
          given.preset ?? null,
          JSON.stringify(given.profile ?? {}),
          upper(given.allowedParties),
          upper(given.hostedParties),
          given.offeredVersions ?? null,
        ],
      );
      if (rows.length === 0) throw new ConnectionError(409, `connection ${given.id} exists`);
      await recordAct(tx);
      await signal(tx, given.id);
      return issueToken(tx, given.id, 'bootstrap');
    });
    await this.directory.changed();
    return { connectionId: given.id, token, versionsUrl: this.own.versionsUrl };
  }

  /** Another token A; earlier ones die. A registered partner keeps its token until it registers anew (CRD-16). */
  async inviteAnew(connectionId: string): Promise<Invitation> {
    const token = await this.change(connectionId, async (tx) => {
      await tx.query(
        "DELETE FROM connection_token WHERE connection_id = $1 AND purpose = 'bootstrap'",
        [connectionId],
      );
      return issueToken(tx, connectionId, 'bootstrap');
    });
    return { connectionId, token, versionsUrl: this.own.versionsUrl };
  }

  /** Stops or restarts pushes and pulls; the partner may call us all the time. */
  async setPaused(connectionId: string, paused: boolean): Promise<void> {
    await this.change(connectionId, async (tx) => {
      await tx.query('UPDATE connection SET paused = $2 WHERE id = $1', [connectionId, paused]);
      await tx.query(
        `UPDATE feed SET generation = generation + 1, failures = 0, resume_at = NULL WHERE connection_id = $1`,
        [connectionId],
      );
    });
  }

  /** Keeps its messages for so long from now on; 0 ends it. What was kept stays until it is pruned. */
  async trace(connectionId: string, forSeconds: number): Promise<void> {
    await this.change(connectionId, async (tx) => {
      await tx.query(
        `UPDATE connection SET traced_until = CASE WHEN $2::int > 0 THEN now() + make_interval(secs => $2::int) END
          WHERE id = $1`,
        [connectionId, forSeconds],
      );
    });
  }

  /** A partner that refused our token is tried again (CRD-27). */
  async accept(connectionId: string): Promise<void> {
    await this.change(connectionId, async (tx) => {
      await tx.query(
        "UPDATE connection SET state = 'registered' WHERE id = $1 AND state = 'rejected'",
        [connectionId],
      );
      await tx.query(
        'UPDATE feed SET generation = generation + 1, failures = 0, resume_at = NULL WHERE connection_id = $1',
        [connectionId],
      );
    });
  }

  /** Changes what an operator decides. True: the partner's endpoint list or our roles are others now (VER-17, CRD-31). */
  async update(connectionId: string, changes: ConnectionChanges): Promise<boolean> {
    check(changes);
    const before = this.get(connectionId);
    const named = (Object.keys(COLUMNS) as (keyof ConnectionChanges)[]).filter(
      (name) => changes[name] !== undefined,
    );
    await this.change(connectionId, async (tx) => {
      const values = await storedValues(tx, connectionId, named);
      for (const name of named) {
        const value = changes[name] ?? null;
        const stored =
          name === 'profile'
            ? JSON.stringify(value)
            : name === 'allowedParties' || name === 'hostedParties'
              ? upper(value as string[] | null)
              : value;
        await tx.query(`UPDATE connection SET ${COLUMNS[name]} = $2 WHERE id = $1`, [
          connectionId,
          stored,
        ]);
      }
      await tx.query('UPDATE feed SET generation = generation + 1 WHERE connection_id = $1', [
        connectionId,
      ]);
      await recordAct(tx, { before: values });
    });
    return advertised(before) !== advertised(this.get(connectionId));
  }

  /** Deletes a connection that is not registered, with all that is known of it. */
  async remove(connectionId: string): Promise<void> {
    const { state } = this.get(connectionId);
    if (state === 'registered' || state === 'rejected') {
      throw new ConnectionError(409, 'the partner is registered: unregister it first');
    }
    await this.change(connectionId, async (tx) => {
      for (const table of [
        'connection_token',
        'remote_endpoint',
        'remote_party',
        'feed',
        'object_grant',
        'parked_push',
        'exchange',
        'cdr_receipt',
        'session_delivery',
        'partner_message',
      ]) {
        await tx.query(`DELETE FROM ${table} WHERE connection_id = $1`, [connectionId]);
      }
      await tx.query('DELETE FROM connection WHERE id = $1', [connectionId]);
    });
  }

  get(connectionId: string): Connection {
    const connection = this.directory.get(connectionId);
    if (!connection) throw new ConnectionError(404, `There is no connection ${connectionId}`);
    return connection;
  }

  private async change<T>(
    connectionId: string,
    work: (tx: EntityManager) => Promise<T>,
  ): Promise<T> {
    const result = await this.dataSource.transaction(async (tx) => {
      const found = await tx.query<unknown[]>('SELECT 1 FROM connection WHERE id = $1 FOR UPDATE', [
        connectionId,
      ]);
      if (found.length === 0)
        throw new ConnectionError(404, `There is no connection ${connectionId}`);
      const value = await work(tx);
      await recordAct(tx);
      await signal(tx, connectionId);
      return value;
    });
    await this.directory.changed();
    return result;
  }
}

/** What is stored of these, for the audit log. */
async function storedValues(
  tx: EntityManager,
  connectionId: string,
  names: readonly (keyof ConnectionChanges)[],
): Promise<object> {
  if (names.length === 0) return {};
  const columns = names.map((name) => `${COLUMNS[name]} AS "${name}"`);
  const [row] = await tx.query<object[]>(
    `SELECT ${columns.join(', ')} FROM connection WHERE id = $1`,
    [connectionId],
  );
  return row ?? {};
}

const upper = (keys: readonly string[] | null | undefined): string[] | null =>
  keys?.map((key) => key.toUpperCase()) ?? null;

const advertised = ({ profile, configuredParties, offeredVersions }: Connection): string =>
  JSON.stringify([
    profile.tariffsPush === 'off',
    profile.sessionsPush === 'off',
    profile.cdrsPush === 'off',
    profile.customModules,
    configuredParties,
    offeredVersions,
  ]);

function check(given: ConnectionChanges): void {
  const errors = profileErrors(given.profile ?? {}, given.preset);
  if (errors.length > 0) throw new ConnectionError(400, describeErrors(errors));
  const wrong = [...(given.allowedParties ?? []), ...(given.hostedParties ?? [])].filter(
    (key) => key !== '*' && !/^[A-Za-z]{2}\*[A-Za-z0-9]{3}$/.test(key),
  );
  if (wrong.length > 0) throw new ConnectionError(400, `not a party: ${wrong.join(', ')}`);
  const unknown = (given.offeredVersions ?? []).filter((version) => !isOcpiVersion(version));
  if (unknown.length > 0) throw new ConnectionError(400, `not a version: ${unknown.join(', ')}`);
}
