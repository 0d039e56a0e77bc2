import { Injectable } from '@nestjs/common';
import { ChangeLogSignal } from '#change-log';
import {
  AnnounceChanges,
  type ConnectionChanges,
  ConnectionsService,
  type Invitation,
  profileErrors,
  signal,
  VisibilityService,
} from '#partners';
import { DataSource } from 'typeorm';
import { foldParties, unknownParties } from '../http/party-key.js';
import { Problem } from '../http/problem.js';
import { HostedPartyRegister } from '../parties/hosted-party-register.js';
import { type ChangedConnection, type NewConnection } from './new-connection.dto.js';

/** Creates and changes connections as an operator states them. */
@Injectable()
export class ConnectionRegister {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionsService,
    private readonly visibility: VisibilityService,
    private readonly parties: HostedPartyRegister,
    private readonly announce: AnnounceChanges,
    private readonly changes: ChangeLogSignal,
  ) {}

  /** @throws Problem 400 for unknown parties, knobs or presets; ConnectionError 409 for an id in use. */
  async create(given: NewConnection): Promise<Invitation> {
    const { locationsShown, tariffsShown, ...connection } = given;
    await this.check(connection);
    const invitation = await this.connections.create({
      ...connection,
      allowedParties: foldParties(connection.allowedParties),
    });
    for (const [kind, rule] of [
      ['location', locationsShown],
      ['tariff', tariffsShown],
    ] as const) {
      if (rule) await this.visibility.set(given.id, kind, { rule, objects: [] });
    }
    return invitation;
  }

  /**
   * Changes what is given. A party that may no longer be claimed is unbound at once; objects of parties that the partner
   * meets from now on, or no longer, are sent or taken back; the partner is told when our roles or endpoints changed.
   */
  async change(id: string, given: ChangedConnection): Promise<void> {
    const before = this.connections.get(id);
    const stated = new Map<string, unknown>(Object.entries(given));
    const nulls = ['name', 'kind', 'allowedParties', 'profile']
      .filter((field) => stated.get(field) === null)
      .map((path) => ({ path, message: 'cannot be null' }));
    if (nulls.length > 0) throw Problem.invalid(nulls);
    const changes: ConnectionChanges = Object.fromEntries(stated);
    if (given.profile) changes.profile = await this.mergedProfile(id, given.profile);
    await this.check(changes);
    const told = await this.connections.update(id, changes);
    if (given.allowedParties) await this.unbindOthers(id, foldParties(given.allowedParties));
    const met = (keys: string[] | null | undefined) => (keys ? foldParties(keys) : null);
    if (given.hostedParties !== undefined) {
      await this.noteMetParties(id, before.configuredParties, met(given.hostedParties));
    }
    if (told) await this.announce.endpoints([id]);
  }

  private async check(given: ConnectionChanges): Promise<void> {
    const hosted = given.hostedParties ? foldParties(given.hostedParties) : [];
    const errors = [
      ...unknownParties('hostedParties', hosted, await this.parties.keys()),
      ...profileErrors(given.profile ?? {}, given.preset),
    ];
    if (errors.length > 0) throw Problem.invalid(errors);
  }

  /** The stored knobs with the given ones; null takes one away. */
  private async mergedProfile(
    id: string,
    given: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const [row] = await this.dataSource.query<{ profile: Record<string, unknown> }[]>(
      'SELECT profile FROM connection WHERE id = $1',
      [id],
    );
    const merged = Object.entries({ ...row?.profile, ...given });
    return Object.fromEntries(merged.filter(([, value]) => value !== null));
  }

  /** CRD-32: the list is the operator's word, also about parties claimed before. */
  private async unbindOthers(id: string, allowed: string[]): Promise<void> {
    if (allowed.includes('*')) return;
    await this.dataSource.query(
      'DELETE FROM remote_party WHERE connection_id = $1 AND NOT party_key = ANY($2)',
      [id, allowed],
    );
    await signal(this.dataSource, id);
  }

  private async noteMetParties(
    id: string,
    before: string[] | null,
    after: string[] | null,
  ): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO change (kind, object_id, aspect, party_key, connection_id)
       SELECT o.kind, o.id, CASE WHEN $3::text[] IS NULL OR o.party_key = ANY($3) THEN 'shown' ELSE 'hidden' END,
              o.party_key, $1
         FROM (SELECT 'tariff' AS kind, id, party_key FROM tariff WHERE deleted_at IS NULL
               UNION ALL SELECT 'location', id, party_key FROM location) o
         JOIN feed f ON f.connection_id = $1
        WHERE coalesce(o.party_key = ANY($2::text[]), true) <> coalesce(o.party_key = ANY($3::text[]), true)
        ORDER BY o.kind DESC, o.id`,
      [id, before, after],
    );
    this.changes.notify();
  }
}
