import { foldId, type Location, partyKey, type PartyId } from '#ocpi';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type DataSource } from 'typeorm';
import { aLocation } from '../../../../libs/ocpi/test/location-builder.js';
import { projectRoot } from '../../../../test/harness/project-root.js';
import { storeLocation as storeAsIngestDoes } from '../../../../test/harness/stored-objects.js';

export type Example = PartyId & { id: string; last_updated: string; [field: string]: unknown };

/** The object of one of the contract's examples: `cdr.issued`, `session.started`, `tariff.upserted`. */
export function exampleOf(name: string): Example {
  const file = path.join(projectRoot, 'libs', 'csms-contract', 'examples', `${name}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { data: Example }).data;
}

/** Stores the example Location with changes, for the party NL*EVC; returns its row id. */
export const storeLocation = (
  dataSource: DataSource,
  fields: Partial<Location> = {},
): Promise<number> =>
  storeAsIngestDoes(dataSource, aLocation({ country_code: 'NL', party_id: 'EVC', ...fields }));

export async function storeTariff(dataSource: DataSource, id: string): Promise<number> {
  const tariff = { ...exampleOf('tariff.upserted'), country_code: 'NL', party_id: 'EVC', id };
  const [row] = await dataSource.query<{ id: number }[]>(
    `INSERT INTO tariff (party_key, tariff_key, body, last_updated, guard_time)
     VALUES ('NL*EVC', $1, $2, $3, $3) RETURNING id`,
    [foldId(id), JSON.stringify(tariff), tariff.last_updated],
  );
  return row?.id ?? 0;
}

/** Stores the CDR of the contract's example for a token of `owner`. */
export async function storeCdr(dataSource: DataSource, owner: PartyId): Promise<number> {
  const example = exampleOf('cdr.issued');
  const token = { ...(example['cdr_token'] as object), ...owner };
  const cdr = { ...example, country_code: 'NL', party_id: 'EVC', id: 'CDR1', cdr_token: token };
  const [row] = await dataSource.query<{ id: number }[]>(
    `INSERT INTO cdr (party_key, cdr_key, token_party_key, body, last_updated)
     VALUES ('NL*EVC', 'CDR1', $1, $2, $3) RETURNING id`,
    [partyKey(owner), JSON.stringify(cdr), example.last_updated],
  );
  return row?.id ?? 0;
}

/** Makes a created connection one that has registered, without a partner to talk to. */
export async function markRegistered(
  dataSource: DataSource,
  id: string,
  version: string,
  party: PartyId,
): Promise<void> {
  await dataSource.query(
    "UPDATE connection SET state = 'registered', version = $2, registered_at = now(), token_issued_at = now() WHERE id = $1",
    [id, version],
  );
  await dataSource.query(
    `INSERT INTO remote_party (connection_id, party_key, role, country_code, party_id)
     VALUES ($1, $2, 'EMSP', $3, $4)`,
    [id, partyKey(party), party.country_code, party.party_id],
  );
  await dataSource.query(
    `INSERT INTO remote_endpoint (connection_id, identifier, role, url)
     SELECT $1, m, 'RECEIVER', 'https://' || $1 || '.example/' || m
       FROM unnest(ARRAY['locations', 'tariffs', 'sessions', 'cdrs']) AS m`,
    [id],
  );
  await dataSource.query(
    'INSERT INTO feed (connection_id, cursor_xid, cursor_seq) VALUES ($1, current_xid(), 0)',
    [id],
  );
}
