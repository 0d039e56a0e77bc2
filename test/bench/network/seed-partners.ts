import { type OcpiVersion } from '#ocpi';
import { hashToken, SecretBox } from '#partners';
import pg from 'pg';
import { BENCH_ENCRYPTION_KEY } from '../bench-context.js';

export interface BenchPartner {
  id: string;
  version: OcpiVersion;
  /** Two letters and three: the one party behind the connection. */
  countryCode: string;
  partyId: string;
  /** What the partner shows us, and what we show it. */
  token: string;
  endpoints: { identifier: string; role: 'SENDER' | 'RECEIVER'; url: string }[];
  profile?: Record<string, unknown>;
  /** Its feed begins with a walk over everything instead of here and now. */
  fromStart?: boolean;
}

/** A partner with number `n`, without endpoints. */
export const benchPartner = (n: number, version: OcpiVersion): BenchPartner => ({
  id: `bench-${n}`,
  version,
  countryCode: 'DE',
  partyId: `P${String(n).padStart(2, '0')}`,
  token: `bench-token-${n}-0123456789abcdef`,
  endpoints: [],
});

/** The Authorization header of a partner, as its version writes it (TRN-07). */
export const authorization = ({ token, version }: BenchPartner): string =>
  `Token ${version === '2.1.1' ? token : Buffer.from(token).toString('base64')}`;

/** Registers partners as a handshake would have, without fifty handshakes. */
export async function seedPartners(
  databaseUrl: string,
  partners: readonly BenchPartner[],
): Promise<void> {
  const secrets = new SecretBox(BENCH_ENCRYPTION_KEY);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const partner of partners) await seedPartner(client, partner, secrets);
  } finally {
    await client.end();
  }
}

async function seedPartner(client: pg.Client, partner: BenchPartner, secrets: SecretBox) {
  const { id, version, countryCode, partyId, token } = partner;
  const versionsUrl = `${new URL(partner.endpoints[0]?.url ?? 'http://127.0.0.1:9').origin}/ocpi/versions`;
  await client.query(
    `INSERT INTO connection (id, name, state, version, versions_url, allowed_parties, profile,
       outbound_token, outbound_encoding, token_issued_at, registered_at)
     VALUES ($1, $1, 'registered', $2, $3, '{*}', $4, $5, $6, now(), now())`,
    [
      id,
      version,
      versionsUrl,
      partner.profile ?? {},
      secrets.encrypt(token),
      version === '2.1.1' ? 'plain' : 'base64',
    ],
  );
  await client.query(
    `INSERT INTO connection_token (token_hash, connection_id, purpose) VALUES ($1, $2, 'full')`,
    [hashToken(token), id],
  );
  await client.query(
    `INSERT INTO remote_party (connection_id, party_key, role, country_code, party_id, business_details)
     VALUES ($1, $2, 'EMSP', $3, $4, $5)`,
    [id, `${countryCode}*${partyId}`, countryCode, partyId, { name: id }],
  );
  for (const { identifier, role, url } of partner.endpoints) {
    await client.query('INSERT INTO remote_endpoint VALUES ($1, $2, $3, $4)', [
      id,
      identifier,
      role,
      url,
    ]);
  }
  await client.query(
    `INSERT INTO feed (connection_id, cursor_xid, cursor_seq, snapshot)
     VALUES ($1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, 0, $2)`,
    [id, partner.fromStart ? { kind: 'tariff', afterId: 0 } : null],
  );
}
