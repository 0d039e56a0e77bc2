import {
  foldId,
  fragmentLocation,
  type LocationFragments,
  locationView,
  OCPI_VERSIONS,
  partyKey,
} from '#ocpi';
import pg from 'pg';
import { BENCH_PARTY, NUMBER_MARK, templateLocation } from './template-location.js';

export interface NetworkSize {
  locations: number;
  evses: number;
  connectors: number;
}

const LOCATIONS = `INSERT INTO location (party_key, location_key, body, publish, tariff_keys,
    v211, v221, v230, last_updated, guard_time)
  SELECT $1, replace($2, '${NUMBER_MARK}', d), replace($3, '${NUMBER_MARK}', d), true, '{BENCH}',
    replace($4, '${NUMBER_MARK}', d), replace($5, '${NUMBER_MARK}', d), replace($6, '${NUMBER_MARK}', d), $7, $7
  FROM (SELECT lpad(n::text, 7, '0') AS d FROM generate_series(1, $8::int) AS n) AS numbers ORDER BY d`;

const EVSES = `INSERT INTO evse (location_id, evse_key, uid, position, body, v211, v221, v230)
  SELECT l.id, replace($1, '${NUMBER_MARK}', d), replace($2, '${NUMBER_MARK}', d), $3::int, replace($4, '${NUMBER_MARK}', d),
    replace($5, '${NUMBER_MARK}', d), replace($6, '${NUMBER_MARK}', d), replace($7, '${NUMBER_MARK}', d)
  FROM (SELECT id, right(location_key, 7) AS d FROM location) AS l ORDER BY l.id`;

const STATES = `INSERT INTO evse_state (evse_id, location_id, status, last_updated, guard_time)
  SELECT id, location_id, 'AVAILABLE', $1, $1 FROM evse ORDER BY id`;

const TARIFF = {
  ...BENCH_PARTY,
  id: 'BENCH',
  currency: 'EUR',
  tax_included: 'NO',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.45, step_size: 1 }] }],
  last_updated: '2026-01-01T10:00:00Z',
};

/** Writes a network straight into an empty database, as the gateway would have stored it, in seconds. */
export async function seedNetwork(databaseUrl: string, size: NetworkSize): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await seed(client, size);
    await client.query('VACUUM (ANALYZE) location, evse, evse_state');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

async function seed(client: pg.Client, size: NetworkSize): Promise<void> {
  const party = partyKey(BENCH_PARTY);
  await client.query('INSERT INTO hosted_party VALUES ($1, $2, $3, $4)', [
    party,
    BENCH_PARTY.country_code,
    BENCH_PARTY.party_id,
    { name: 'Bench Charging' },
  ]);
  const location = templateLocation(size.evses, size.connectors);
  const at = new Date(location.last_updated);
  await client.query(
    `INSERT INTO tariff (party_key, tariff_key, body, last_updated, guard_time) VALUES ($1, 'BENCH', $2, $3, $3)`,
    [party, JSON.stringify(TARIFF), at],
  );
  const fragments = OCPI_VERSIONS.map((version) =>
    required(fragmentLocation(version, location, view(version, at))),
  );
  const { evses = [], last_updated: _stamp, ...own } = location;
  await client.query(LOCATIONS, [
    party,
    foldId(location.id),
    JSON.stringify(own),
    ...fragments.map((fragment) => fragment.location),
    at,
    size.locations,
  ]);
  for (const [
    position,
    { status: _status, last_updated: _evseStamp, ...body },
  ] of evses.entries()) {
    await client.query(EVSES, [
      foldId(body.uid),
      body.uid,
      position,
      JSON.stringify(body),
      ...fragments.map((fragment) => required(fragment.evses[position]?.text)),
    ]);
  }
  await client.query(STATES, [at]);
}

const view = (version: (typeof OCPI_VERSIONS)[number], at: Date) =>
  locationView(version, {
    tariffs: { visible: () => true, regularAt: ([first]) => first },
    at,
  });

function required<T extends LocationFragments | string>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('the template is withheld');
  return value;
}
