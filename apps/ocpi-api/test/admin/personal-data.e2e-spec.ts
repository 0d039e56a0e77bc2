import { type Cdr, cdrChecker, type Session, sessionChecker } from '#ocpi';
import { exampleOf } from './stored-objects.js';
import { type Admin, startAdmin } from './admin-harness.js';

const UID = '04a1b2C3D4E5F6';
const CONTRACT = 'DE-EMP-C00012345-X';
const VISUAL = 'VN-00012345';
const SUPPLIER_CONTRACT = 'EC-77889900';
const SECRETS = [UID, CONTRACT, VISUAL, SUPPLIER_CONTRACT];
const OTHER = '04FFFFFFFFFFFF';
const OWNER = { country_code: 'DE', party_id: 'EMP' };
const DRIVER = { party: 'de*emp', token: { uid: UID.toLowerCase() } };

let admin: Admin;
const rows = <T = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
  admin.dataSource.query<T[]>(sql, parameters);

beforeEach(async () => {
  admin = await startAdmin();
  await storeAll();
});
afterEach(() => admin.stop());

const aToken = (uid: string, contract_id: string) => ({
  ...OWNER,
  uid,
  type: 'RFID',
  contract_id,
  visual_number: VISUAL,
  issuer: 'Example eMSP',
  valid: true,
  whitelist: 'ALWAYS',
  energy_contract: { supplier_name: 'Supplier', contract_id: SUPPLIER_CONTRACT },
  last_updated: '2026-01-01T00:00:00Z',
});

const cdrToken = (uid: string, contract_id: string) => ({
  ...OWNER,
  uid,
  type: 'RFID',
  contract_id,
});

/** A row for the driver in every table that may know of one, and some of another driver. */
async function storeAll(): Promise<void> {
  await rows(`INSERT INTO connection (id, name, allowed_parties, state, version)
    VALUES ('emsp', 'eMSP', '{DE*EMP}', 'registered', '2.2.1')`);
  for (const [uid, contract] of [
    [UID, CONTRACT],
    [OTHER, 'DE-EMP-C9'],
  ] as const) {
    const own = uid === UID;
    const token = own
      ? aToken(uid, contract)
      : { ...aToken(uid, contract), visual_number: 'VN-OTHER', energy_contract: undefined };
    await rows(
      `INSERT INTO token (connection_id, party_key, uid_key, type, body, valid, last_updated)
       VALUES ('emsp', 'DE*EMP', $1, 'RFID', $2, true, now())`,
      [uid.toUpperCase(), JSON.stringify(token)],
    );
    await storeVisits(uid, contract);
  }
  await storeTrace();
  const body = JSON.stringify({
    response_url: 'https://e.example/r',
    token: aToken(UID, CONTRACT),
  });
  await rows(
    `INSERT INTO token_alias (alias, owner_key, kind, name, token) VALUES ('ALIAS1', 'DE*EMP', 'RFID', $1, $2)`,
    [UID.toUpperCase(), JSON.stringify(aToken(UID, CONTRACT))],
  );
  await rows(
    `INSERT INTO command (id, kind, connection_id, version, party_key, sender_key, driver_key, dedupe_key, body, deadline, outcome)
     VALUES ('0197c8a0-0000-7000-8000-000000000001', 'START_SESSION', 'emsp', '2.2.1', 'NL*AAA', 'DE*EMP', $1, 'd1', $2, now(), 'ACCEPTED')`,
    [UID.toUpperCase(), body],
  );
  await rows(
    `INSERT INTO command_callback (command_id, response_url, state, body, note)
     VALUES ('0197c8a0-0000-7000-8000-000000000001', 'https://e.example/r/' || $1, 'failed', '{}', 'HTTP 400: no ' || $1)`,
    [UID],
  );
  await rows(
    `INSERT INTO reservation (connection_id, party_key, sender_key, reservation_key, location_key, session_key, driver_key, body,
       command_id, state, expiry_date, ended_at)
     VALUES ('emsp', 'NL*AAA', 'DE*EMP', 'R1', 'HARBOUR-7', 'S1', $1, $2, '0197c8a0-0000-7000-8000-000000000001', 'used', now(), now())`,
    [UID.toUpperCase(), body],
  );
  const question = { ...exampleOf('authorization.requested'), uid: UID };
  const answer = { ...exampleOf('authorization.decided'), cdr_token: cdrToken(UID, CONTRACT) };
  await rows(
    `INSERT INTO authorization_request (party_key, id, body, deadline, answered_at, answer) VALUES ('NL*AAA', 'A1', $1, now(), now(), $2)`,
    [JSON.stringify(question), JSON.stringify(answer)],
  );
  for (const [type, key, data] of [
    ['ocpi.token.upserted.v1', `DE*EMP*RFID*${UID.toUpperCase()}`, aToken(UID, CONTRACT)],
    ['ocpi.authorization.decided.v1', 'NL*AAA*A1', answer],
    ['ocpi.token.upserted.v1', `DE*EMP*RFID*${OTHER}`, aToken(OTHER, 'DE-EMP-C9')],
  ] as const) {
    const shown = key.endsWith(OTHER) ? { uid: OTHER } : data;
    await rows(
      'INSERT INTO csms_message (id, type, subject, key, data) VALUES (gen_random_uuid(), $1, $2, $2, $3)',
      [type, key, JSON.stringify(shown)],
    );
  }
}

async function storeTrace(): Promise<void> {
  await rows(
    `INSERT INTO partner_message (connection_id, at, direction, method, url, duration_ms, request_headers, request_body, size)
     SELECT 'emsp', now(), 'in', 'PUT', 'https://e.example/tokens/DE/EMP/' || uid, 1, '{}', '{}', 1
       FROM unnest($1::text[]) AS uid`,
    [[UID, OTHER]],
  );
}

async function storeVisits(uid: string, contract: string): Promise<void> {
  const cdr_token = cdrToken(uid, contract);
  const site = { ...exampleOf('location.upserted'), publish: false, publish_allowed_to: [{ uid }] };
  const session = { ...exampleOf('session.ended'), id: `S-${uid}`.slice(0, 8), cdr_token };
  const [stored] = await rows<{ id: number }>(
    `INSERT INTO session (party_key, session_key, token_party_key, body, location_snapshot, status, last_updated, guard_time)
     VALUES ('NL*AAA', $1, 'DE*EMP', $2, $3, 'COMPLETED', now(), now()) RETURNING id`,
    [session.id, JSON.stringify(session), JSON.stringify(site)],
  );
  await rows(
    `INSERT INTO session_delivery (connection_id, session_id, acknowledged) VALUES ('emsp', $1, $2)`,
    [stored!.id, JSON.stringify({ auth_id: contract })],
  );
  const cdr = {
    ...exampleOf('cdr.issued'),
    id: `C-${uid}`.slice(0, 8),
    cdr_token,
    remark: `paid by ${uid}`,
    signed_data: {
      encoding_method: 'OCMF',
      signed_values: [{ nature: 'End', plain_data: `OCMF|{"ID":"${uid}"}`, signed_data: 'x' }],
    },
  };
  const [issued] = await rows<{ id: number }>(
    `INSERT INTO cdr (party_key, cdr_key, token_party_key, body, location_snapshot, last_updated)
     VALUES ('NL*AAA', $1, 'DE*EMP', $2, $3, now()) RETURNING id`,
    [cdr.id, JSON.stringify(cdr), JSON.stringify(site)],
  );
  for (const [view, body] of [
    ['2.1.1', { id: cdr.id, auth_id: contract, total_cost: 4 }],
    ['2.2.1', cdr],
  ] as const) {
    await rows('INSERT INTO cdr_rendition (cdr_id, view, body) VALUES ($1, $2, $3)', [
      issued!.id,
      view,
      JSON.stringify(body),
    ]);
  }
  await rows(
    `INSERT INTO cdr_receipt (connection_id, cdr_id, state, reason) VALUES ('emsp', $1, 'delivered', 'known: ' || $2)`,
    [issued!.id, uid],
  );
  await rows(
    `INSERT INTO parked_push (connection_id, kind, object_id, object_name, reason) VALUES ('emsp', 'session', $1, $2, 'unknown token ' || $3)`,
    [stored!.id, `NL*AAA/${session.id}`, uid],
  );
  for (const [kind, id] of [
    ['session', session.id],
    ['cdr', cdr.id],
  ]) {
    await rows(
      `INSERT INTO exchange (connection_id, kind, object_name, at, method, url, request, duration_ms, outcome)
       VALUES ('emsp', $1, 'NL*AAA/' || $2, now(), 'PUT', 'https://e.example', $3, 1, 'delivered')`,
      [kind, id, JSON.stringify({ cdr_token })],
    );
  }
}

/** Tables in which any column holds one of the texts, whatever the case. */
async function tablesNaming(texts: readonly string[]): Promise<string[]> {
  const tables = await rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    for (const text of texts) {
      const hex = Buffer.from(text.toUpperCase()).toString('hex').toUpperCase();
      const [row] = await rows<{ count: number }>(
        `SELECT count(*) AS count FROM ${name} t WHERE strpos(upper(t::text), $1) > 0 OR strpos(upper(t::text), $2) > 0`,
        [text.toUpperCase(), hex],
      );
      if (row!.count > 0) found.push(name);
    }
  }
  return [...new Set(found)].sort();
}

const erase = () => admin.post('personal-data/erasures').send(DRIVER);

describe('personal data of a token', () => {
  it('is all there before, told on request, and nowhere after its erasure but in the message that tells the CSMS', async () => {
    expect(await tablesNaming(SECRETS)).toEqual([
      'authorization_request',
      'cdr',
      'cdr_receipt',
      'cdr_rendition',
      'command',
      'command_callback',
      'csms_message',
      'exchange',
      'parked_push',
      'partner_message',
      'reservation',
      'session',
      'session_delivery',
      'token',
      'token_alias',
    ]);
    const { body: told } = await admin.post('personal-data/exports').send(DRIVER).expect(200);
    expect(Object.keys(told.records).sort()).toEqual([
      'authorization_request',
      'cdr',
      'command',
      'csms_message',
      'partner_message',
      'reservation',
      'session',
      'token',
      'token_alias',
    ]);

    const { body: erasure } = await erase().expect(200);

    expect(erasure).toEqual({
      pseudonym: expect.stringMatching(/^ERASED-[0-9A-F]{16}$/),
      pseudonymised: { sessions: 1, cdrs: 1 },
      removed: {
        tokens: 1,
        aliases: 1,
        commands: 1,
        reservations: 1,
        questions: 1,
        messages: 2,
        traced: 1,
      },
      namedByLocations: [],
    });
    expect(await tablesNaming(SECRETS)).toEqual(['csms_message']);
    expect(await rows('SELECT type, key FROM csms_message ORDER BY seq')).toEqual([
      { type: 'ocpi.token.upserted.v1', key: `DE*EMP*RFID*${OTHER}` },
      { type: 'ocpi.token.removed.v1', key: `DE*EMP*RFID*${UID.toUpperCase()}` },
    ]);
    await rows(`DELETE FROM csms_message WHERE type = 'ocpi.token.removed.v1'`);
    expect(await tablesNaming(SECRETS)).toEqual([]);
    expect(
      await rows('SELECT action, subject, outcome, details FROM audit_entry ORDER BY id'),
    ).toEqual(
      ['token.export', 'token.erase'].map((action) => ({
        action,
        subject: 'de*emp',
        outcome: 'done',
        details: { party: 'de*emp', token: '***' },
      })),
    );
  });

  it('stands in no audit entry, whatever field its uid was typed into', async () => {
    for (const body of [
      { party: 'DE*EMP', uid: UID },
      { party: UID, token: { uid: UID } },
      { party: 'DE*EMP', tokens: [UID], token: UID },
      { party: { uid: UID } },
    ]) {
      await admin.post('personal-data/exports').send(body).expect(400);
      await admin.post('personal-data/erasures').send(body).expect(400);
    }

    const entries = await rows('SELECT subject, reason, details FROM audit_entry');

    expect(entries).toHaveLength(8);
    expect(JSON.stringify(entries)).not.toContain(UID);
    expect(entries[0]).toMatchObject({ subject: 'DE*EMP', details: { party: 'DE*EMP' } });
  });

  it('is not erased without its line in the audit log', async () => {
    await rows(`CREATE FUNCTION refuse_line() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN RAISE EXCEPTION ''no room''; END'`);
    await rows(
      `CREATE TRIGGER refuse_line BEFORE INSERT ON audit_entry EXECUTE FUNCTION refuse_line()`,
    );
    await erase().expect(500);
    expect(await rows('SELECT FROM token WHERE uid_key = $1', [UID.toUpperCase()])).toHaveLength(1);

    await rows('DROP TRIGGER refuse_line ON audit_entry');
    await erase().expect(200);

    expect(await rows('SELECT FROM token WHERE uid_key = $1', [UID.toUpperCase()])).toEqual([]);
    expect(await rows('SELECT action, outcome FROM audit_entry')).toEqual([
      { action: 'token.erase', outcome: 'done' },
    ]);
  });

  it('leaves bills that add up and can still be sent, all under one pseudonym', async () => {
    const before = await rows<{ body: string }>('SELECT body FROM cdr ORDER BY id');
    const { body: erasure } = await erase().expect(200);
    const after = await rows<{ body: string }>('SELECT body FROM cdr ORDER BY id');

    const [old, cdr] = [JSON.parse(before[0]!.body) as Cdr, JSON.parse(after[0]!.body) as Cdr];
    const { signed_data: _, ...kept } = old;
    expect(cdr).toEqual({
      ...kept,
      remark: `paid by ${erasure.pseudonym}`,
      cdr_token: { ...old.cdr_token, uid: erasure.pseudonym, contract_id: erasure.pseudonym },
    });
    expect(cdrChecker.decode(cdr)).toMatchObject({ ok: true });
    const [session] = await rows<{ body: string }>('SELECT body FROM session ORDER BY id');
    const wire = JSON.parse(session!.body) as Session;
    expect(wire.cdr_token.uid).toBe(erasure.pseudonym);
    expect(sessionChecker.decode(wire)).toMatchObject({ ok: true });
    const renditions = await rows<{ body: string }>(
      'SELECT body FROM cdr_rendition ORDER BY cdr_id, view LIMIT 2',
    );
    expect(renditions.map(({ body }) => JSON.parse(body))).toEqual([
      { id: cdr.id, auth_id: erasure.pseudonym, total_cost: 4 },
      cdr,
    ]);
  });

  it('of another driver stays as it is', async () => {
    const others = () =>
      Promise.all(
        [
          'token',
          'session',
          'cdr',
          'cdr_rendition',
          'exchange',
          'cdr_receipt',
          'parked_push',
          'partner_message',
        ].map((table) =>
          rows(`SELECT * FROM ${table} t WHERE strpos(t::text, $1) > 0 ORDER BY t::text`, [OTHER]),
        ),
      );
    const before = await others();
    expect(before.every((found) => found.length > 0)).toBe(true);

    await erase().expect(200);

    expect(await others()).toEqual(before);
  });

  it.each([
    ['a Session runs', `UPDATE session SET status = 'ACTIVE'`, '1 Sessions that have not ended'],
    [
      'a CDR is owed',
      `UPDATE cdr_receipt SET state = 'owed'`,
      '1 CDRs that a partner has not acknowledged',
    ],
    ['a command is open', 'UPDATE command SET outcome = NULL', '1 commands without an outcome'],
    [
      'a reservation is in force',
      `UPDATE reservation SET state = 'active'`,
      '1 reservations in force',
    ],
    [
      'the CSMS waits for an answer',
      'UPDATE authorization_request SET answered_at = NULL',
      '1 questions of the CSMS without an answer',
    ],
    [
      'an event is parked',
      `INSERT INTO parked_event (state, reason, binding, origin, raw)
       SELECT 'parked', 'r', 'http', '{}', convert_to(body, 'UTF8') FROM session ORDER BY id LIMIT 1`,
      '1 parked events that name it',
    ],
  ])('is not erased while %s', async (_when, sql, reason) => {
    await rows(sql);
    const before = await tablesNaming(SECRETS);

    const { body } = await erase().expect(409);

    expect(body.detail).toContain(reason);
    expect(JSON.stringify(body).toUpperCase()).not.toContain(UID.toUpperCase());
    expect(await tablesNaming(SECRETS)).toEqual(before);
  });

  it('names Locations that the CSMS shows to it, and cannot erase what nobody knows', async () => {
    await rows(
      `INSERT INTO location (party_key, location_key, body, publish, last_updated, guard_time)
       VALUES ('NL*AAA', 'HOME', $1, false, now(), now())`,
      [JSON.stringify({ publish_allowed_to: [{ uid: UID }] })],
    );
    const { body } = await erase().expect(200);
    expect(body.namedByLocations).toEqual(['NL*AAA/HOME']);
    await erase().expect(404);
    expect(
      await rows(`SELECT FROM csms_message WHERE type = 'ocpi.token.removed.v1'`),
    ).toHaveLength(1);
    await admin.post('personal-data/erasures').send({ party: 'DE*EMP' }).expect(400);
  });
});
