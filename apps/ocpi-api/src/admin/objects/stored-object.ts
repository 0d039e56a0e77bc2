import { Injectable } from '@nestjs/common';
import { foldId } from '#ocpi';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problem.js';

export const OBJECT_KINDS = ['location', 'tariff', 'session', 'cdr'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** An object of ours as far as it has to be known to ask where it is. */
export interface StoredObject {
  kind: ObjectKind;
  rowId: number;
  partyKey: string;
  /** Folded id. */
  key: string;
  /** `NL*AAA/LOC1`: party and id as the CSMS spelt them. */
  name: string;
  lastUpdated: Date;
  /** Whose token it was charged with (sessions and CDRs). */
  tokenPartyKey: string | null;
  /** Names that requests about it, or about its parts, are recorded by. */
  exchangeNames: string[];
}

type Row = Pick<StoredObject, 'rowId' | 'lastUpdated' | 'tokenPartyKey'> & {
  countryCode: string;
  partyId: string;
  id: string;
};

/** Finds objects by kind, party and id, without regard to case (TYP-01). */
@Injectable()
export class StoredObjects {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws Problem 404 */
  async get(kind: ObjectKind, party: string, id: string): Promise<StoredObject> {
    const partyKey = party.toUpperCase();
    const key = foldId(id);
    const [row] = await this.dataSource.query<Row[]>(
      `SELECT o.id AS "rowId", o.body::json->>'country_code' AS "countryCode",
              o.body::json->>'party_id' AS "partyId", o.body::json->>'id' AS id,
              ${OWNER[kind]} AS "tokenPartyKey", ${LAST_UPDATED[kind]} AS "lastUpdated"
         FROM ${kind} o WHERE o.party_key = $1 AND o.${kind}_key = $2`,
      [partyKey, key],
    );
    if (!row) throw Problem.notFound(`${kind} ${partyKey}/${id}`);
    const { rowId, lastUpdated, tokenPartyKey } = row;
    const name = `${row.countryCode}*${row.partyId}/${row.id}`;
    const parts = kind === 'location' ? await this.partsOf(rowId) : [];
    return {
      kind,
      rowId,
      partyKey,
      key,
      name,
      lastUpdated,
      tokenPartyKey,
      exchangeNames: [name, ...parts.map((part) => `${name}/${part}`)],
    };
  }

  /** `3256` and `3256/1` for every EVSE and Connector. */
  private async partsOf(locationId: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ uid: string; connectors: string[] }[]>(
      `SELECT e.uid, ARRAY(SELECT c->>'id' FROM json_array_elements(e.body::json->'connectors') c) AS connectors
         FROM evse e WHERE e.location_id = $1`,
      [locationId],
    );
    return rows.flatMap(({ uid, connectors }) => [uid, ...connectors.map((id) => `${uid}/${id}`)]);
  }
}

const OWNER: Record<ObjectKind, string> = {
  location: 'NULL',
  tariff: 'NULL',
  session: 'o.token_party_key',
  cdr: 'o.token_party_key',
};
const LAST_UPDATED: Record<ObjectKind, string> = {
  location: `greatest(o.last_updated,
    (SELECT max(s.last_updated) FROM evse_state s WHERE s.location_id = o.id))`,
  tariff: 'o.last_updated',
  session: 'o.last_updated',
  cdr: 'o.last_updated',
};
