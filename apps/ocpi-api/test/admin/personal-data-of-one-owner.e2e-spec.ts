import { exampleOf } from './stored-objects.js';
import { type Admin, startAdmin } from './admin-harness.js';

const UID = '04A1B2C3D4E5F6';
const OURS = { country_code: 'DE', party_id: 'EMP' };
const OTHERS = { country_code: 'FR', party_id: 'OTH' };

let admin: Admin;
const rows = <T = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
  admin.dataSource.query<T[]>(sql, parameters);

beforeEach(async () => {
  admin = await startAdmin();
  await rows(`INSERT INTO connection (id, name, kind, allowed_parties, state, version) VALUES
    ('emsp', 'eMSP', 'peer', '{DE*EMP}', 'registered', '2.2.1'),
    ('other', 'Other', 'peer', '{FR*OTH}', 'registered', '2.2.1'),
    ('hub', 'Hub', 'hub', '{*}', 'registered', '2.2.1')`);
});
afterEach(() => admin.stop());

type Owner = typeof OURS;

const cdrToken = (owner: Owner, uid: string) => ({
  ...owner,
  uid,
  type: 'RFID',
  contract_id: `${owner.country_code}-${owner.party_id}-C${uid}`,
});
const keyOf = ({ country_code, party_id }: Owner) => `${country_code}*${party_id}`;

async function storeToken(owner: Owner, uid: string): Promise<void> {
  const token = { ...cdrToken(owner, uid), issuer: owner.party_id, valid: true };
  await rows(
    `INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
     VALUES ($1, $2, $3, 'RFID', $4, true, now())`,
    [owner === OURS ? 'emsp' : 'other', keyOf(owner), uid, JSON.stringify(token)],
  );
  await storeMessage('ocpi.token.upserted.v1', `${keyOf(owner)}*RFID*${uid}`, token);
}

const storeMessage = (type: string, key: string, data: object) =>
  rows(
    'INSERT INTO csms_message (id, type, subject, key, data) VALUES (gen_random_uuid(), $1, $2, $2, $3)',
    [type, key, JSON.stringify(data)],
  );

async function storeQuestion(id: string, uid: string, answer: object): Promise<void> {
  await rows(
    `INSERT INTO authorization_request (party_key, id, body, deadline, answered_at, answer)
     VALUES ('NL*AAA', $1, $2, now(), now(), $3)`,
    [
      id,
      JSON.stringify({ ...exampleOf('authorization.requested'), uid, authorization_id: id }),
      JSON.stringify({ ...exampleOf('authorization.decided'), cdr_token: undefined, ...answer }),
    ],
  );
}

async function storeSession(id: string, owner: Owner, uid: string, status: string): Promise<void> {
  const session = {
    ...exampleOf('session.ended'),
    id,
    connector_id: '1',
    cdr_token: cdrToken(owner, uid),
  };
  await rows(
    `INSERT INTO session (party_key, session_key, token_party_key, body, status, last_updated, guard_time)
     VALUES ('NL*AAA', $1, $2, $3, $4, now(), now())`,
    [id, keyOf(owner), JSON.stringify(session), status],
  );
}

/** Resolves to the id of the message. */
async function storeTraced(
  connection: string,
  url: string,
  more: { module?: string; request?: string; response?: string; headers?: object } = {},
): Promise<number> {
  const [row] = await rows<{ id: number }>(
    `INSERT INTO partner_message (connection_id, at, direction, module, method, url, duration_ms, request_headers,
       request_body, response_body, size)
     VALUES ($1, now(), 'in', $2, 'PUT', $3, 1, $4, $5, $6, 1) RETURNING id`,
    [
      connection,
      more.module ?? 'tokens',
      url,
      more.headers ?? {},
      more.request ?? null,
      more.response ?? null,
    ],
  );
  return row!.id;
}

async function everything(): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of ['token', 'csms_message', 'authorization_request', 'session']) {
    all[table] = await rows(`SELECT * FROM ${table} t ORDER BY t::text`);
  }
  return all;
}
const tracedIds = async () =>
  (await rows<{ id: number }>('SELECT id FROM partner_message ORDER BY id')).map(({ id }) => id);

const driver = (uid: string) => ({ party: 'DE*EMP', token: { uid } });
const erase = (uid = UID) => admin.post('personal-data/erasures').send(driver(uid));
const told = async (uid = UID): Promise<Record<string, Record<string, unknown>[]>> => {
  const { body } = await admin.post('personal-data/exports').send(driver(uid)).expect(200);
  return body.records;
};

describe('personal data of a token whose uid another eMSP uses too', () => {
  const storeAll = async (owner: Owner, id: string) => {
    const cdr_token = cdrToken(owner, UID);
    await storeToken(owner, UID);
    await storeSession(`S-${id}`, owner, UID, 'COMPLETED');
    await storeQuestion(`A-${id}`, UID, { cdr_token });
    await storeMessage('ocpi.authorization.decided.v1', `NL*AAA*A-${id}`, {
      country_code: 'NL',
      party_id: 'AAA',
      cdr_token,
    });
    await storeMessage('ocpi.start-session.requested.v1', `NL*AAA*${id}`, {
      country_code: 'NL',
      party_id: 'AAA',
      token: cdr_token,
      id_tag: UID,
    });
  };

  it('is neither told nor erased of the other', async () => {
    await storeAll(OTHERS, 'other');
    await storeQuestion('A-whose', UID, { allowed: 'BLOCKED' });
    const before = await everything();
    await storeAll(OURS, 'ours');

    const records = await told();
    expect(
      Object.fromEntries(Object.entries(records).map(([table, { length }]) => [table, length])),
    ).toEqual({ token: 1, session: 1, authorization_request: 1, csms_message: 3 });
    expect(JSON.stringify(records)).not.toContain('OTH');

    const { body } = await erase().expect(200);
    expect(body.removed).toMatchObject({ tokens: 1, questions: 1, messages: 3 });
    await rows(`DELETE FROM csms_message WHERE type = 'ocpi.token.removed.v1'`);
    await rows(`DELETE FROM session WHERE session_key = 'S-ours'`);
    expect(await everything()).toEqual(before);
  });

  it('is told of a question without an owner, and of parked events, where it alone can be meant', async () => {
    await storeToken(OURS, UID);
    await storeQuestion('A-whose', UID, { allowed: 'BLOCKED' });
    for (const owner of [OURS, OTHERS]) {
      const data = { ...exampleOf('cdr.issued'), cdr_token: cdrToken(owner, UID) };
      await rows(
        `INSERT INTO parked_event (state, reason, binding, origin, raw, subject)
         VALUES ('parked', 'r', 'http', '{}', convert_to($1, 'UTF8'), $2)`,
        [JSON.stringify({ data }, null, 2), keyOf(owner)],
      );
    }
    const records = await told();
    expect(records['parked_event']).toMatchObject([{ subject: 'DE*EMP' }]);
    expect(records['authorization_request']).toHaveLength(1);

    const { body: refused } = await erase().expect(409);
    expect(refused.detail).toContain('parked events');
    await rows('DELETE FROM parked_event');
    const { body } = await erase().expect(200);
    expect(body.removed.questions).toBe(1);
  });

  it('is told apart in the trace, on connections of their own and on one they share', async () => {
    await storeToken(OURS, UID);
    await storeToken(OTHERS, UID);
    const asJson = (owner: Owner) => JSON.stringify({ cdr_token: cdrToken(owner, UID) });
    const cdrs = 'https://e.example/cdrs';
    const ours = [
      await storeTraced('emsp', `https://g.example/tokens/DE/EMP/${UID.toLowerCase()}?type=RFID`),
      await storeTraced('hub', `https://g.example/tokens/DE/EMP/${UID}`),
      await storeTraced('emsp', `https://e.example/tokens/${UID}/authorize`),
      await storeTraced('hub', cdrs, { module: 'cdrs', request: asJson(OURS) }),
      await storeTraced('emsp', cdrs, { module: 'cdrs', request: `${asJson(OURS)}… [cut: 9]` }),
    ];
    const others = [
      await storeTraced('other', `https://g.example/tokens/FR/OTH/${UID}`),
      await storeTraced('hub', `https://g.example/tokens/FR/OTH/${UID}`),
      await storeTraced('other', `https://e.example/tokens/${UID}/authorize`),
      await storeTraced('hub', `https://e.example/tokens/${UID}/authorize`, {
        headers: { 'ocpi-to-country-code': 'FR', 'ocpi-to-party-id': 'OTH' },
      }),
      await storeTraced('hub', cdrs, {
        module: 'cdrs',
        request: JSON.stringify({ remark: `paid by ${UID}`, cdr_token: cdrToken(OTHERS, UID) }),
      }),
    ];

    expect((await told())['partner_message']).toHaveLength(ours.length);
    const { body } = await erase().expect(200);
    expect(body.removed.traced).toBe(ours.length);
    expect(await tracedIds()).toEqual(others);
  });
});

describe('personal data of a token whose uid URLs and JSON escape', () => {
  it('is told of, and erased with, the messages that write it so', async () => {
    const uid = 'CARD 7/8';
    await storeToken(OURS, uid);
    const cdr = (slash: string) =>
      JSON.stringify({ cdr_token: cdrToken(OURS, uid) }).replaceAll('/', slash);
    const ours = [
      await storeTraced('emsp', '/ocpi/2.2.1/tokens/DE/EMP/CARD%207%2f8?type=RFID'),
      await storeTraced('emsp', '/ocpi/2.2.1/tokens/DE/EMP/%63ard%207%2F8?x=%'),
      await storeTraced('emsp', '/cdrs', { module: 'cdrs', request: cdr('\\/') }),
      await storeTraced('emsp', '/cdrs', {
        module: 'cdrs',
        request: `${cdr('\\u002f')}… [cut: 9]`,
      }),
      await storeTraced('emsp', '/commands', {
        module: 'commands',
        request: '{"response_url":"https://e.example/r?of=CARD%207%2F8"}',
      }),
    ];
    const others = [
      await storeTraced('emsp', '/ocpi/2.2.1/tokens/DE/EMP/CARD%207%2F9'),
      await storeTraced('emsp', '/cdrs?date_from=2026-01-01T00%3A00%3A00Z', { module: 'cdrs' }),
    ];

    expect((await told(uid))['partner_message']).toHaveLength(ours.length);
    const { body } = await erase(uid).expect(200);
    expect(body.removed.traced).toBe(ours.length);
    expect(await tracedIds()).toEqual(others);
  });
});

describe('personal data of a token with a uid of one character', () => {
  it('is not what holds that character by chance', async () => {
    await storeToken(OURS, '1');
    await storeToken(OURS, '11');
    await storeSession('S-1', OURS, '1', 'COMPLETED');
    await storeSession('S-11', OURS, '11', 'ACTIVE');
    const session = (uid: string) =>
      JSON.stringify({ kwh: 1, connector_id: '1', cdr_token: cdrToken(OURS, uid) });
    const evse = JSON.stringify({ uid: '1', status: 'AVAILABLE', connectors: [{ id: '1' }] });
    const ours = [
      await storeTraced('emsp', 'https://g.example/tokens/DE/EMP/1'),
      await storeTraced('emsp', 'https://e.example/sessions/NL/AAA/S-1', {
        module: 'sessions',
        request: session('1'),
      }),
    ];
    const chance = [
      await storeTraced('emsp', 'https://g.example/tokens/DE/EMP/11'),
      await storeTraced('emsp', 'https://e.example/sessions/NL/AAA/S-11', {
        module: 'sessions',
        request: session('11'),
      }),
      await storeTraced('emsp', 'https://e.example/locations/NL/AAA/L/1/1', {
        module: 'locations',
      }),
      await storeTraced('emsp', 'https://e.example/locations/NL/AAA/L/1', {
        module: 'locations',
        request: evse,
      }),
      await storeTraced('emsp', 'https://e.example/locations/NL/AAA/L', {
        module: 'locations',
        request: JSON.stringify({ id: 'L', evses: [JSON.parse(evse)] }),
        response: '{"status_code":1000}',
      }),
    ];
    const records = await told('1');
    expect(records['partner_message']).toHaveLength(ours.length);
    expect(records['session']).toHaveLength(1);

    await erase('1').expect(200);

    expect(await tracedIds()).toEqual(chance);
    expect(await rows(`SELECT session_key FROM session WHERE body LIKE '%ERASED-%'`)).toEqual([
      { session_key: 'S-1' },
    ]);
  });
});

it('tells of a page of tokens, and of the drivers that a Location is shown to, this one alone', async () => {
  await storeToken(OURS, UID);
  const data = ['FFFF0001', UID, 'FFFF0002'].map((uid) => cdrToken(OURS, uid));
  await storeTraced('emsp', 'https://e.example/tokens', {
    response: JSON.stringify({ status_code: 1000, data }),
  });
  await storeTraced('emsp', 'https://e.example/tokens', {
    response: `${JSON.stringify({ data }).slice(0, -5)}… [cut: 9000 characters in all]`,
  });
  await rows(
    `INSERT INTO location (party_key, location_key, body, publish, last_updated, guard_time)
     VALUES ('NL*AAA', 'HOME', $1, false, now(), now())`,
    [JSON.stringify({ publish_allowed_to: data.map(({ uid, type }) => ({ uid, type })) })],
  );

  const records = await told();

  expect(records['partner_message']!.map(({ response }) => response)).toEqual([
    { status_code: 1000, data: [data[1]] },
    null,
  ]);
  expect(records['location']).toEqual([
    { location: 'NL*AAA/HOME', publishAllowedTo: [{ uid: UID, type: 'RFID' }] },
  ]);
});
