import { OCPI_VERSIONS, type OcpiVersion } from '#ocpi';
import { type Answer, expectEnvelope } from '../../../../test/harness/api-harness.js';
import {
  type CommandPartner,
  CommandWorld,
  driver,
  inSeconds,
} from '../../../../test/harness/command-world.js';

let world: CommandWorld;
let emsps: Record<OcpiVersion, CommandPartner>;
let rival: CommandPartner;

beforeAll(async () => {
  world = await CommandWorld.open();
  emsps = await world.connectAll();
  rival = await world.connect('rival', '2.2.1', { party: 'DE*RIV' });
  await world.site('ONE');
  await world.site('TWO', { evses: 2 });
});
afterAll(() => world.close());
afterEach(async () => {
  await world.newRequests();
  for (const table of ['command_callback', 'command', 'reservation']) {
    await world.query(`DELETE FROM ${table}`);
  }
  for (const { server } of world.partners.values()) server.clear();
});

const NEWER = ['2.2.1', '2.3.0'] as const;

/** No request to the CSMS, no command, no callback. */
async function expectNothing(): Promise<void> {
  expect(await world.newRequests()).toEqual([]);
  expect(await world.query('SELECT id FROM command')).toEqual([]);
  for (const { server } of world.partners.values()) {
    expect(server.lines.filter((line) => line.includes('/responses/'))).toEqual([]);
  }
}

function expectResult(answer: Answer, result: string, statusCode = 1000): void {
  expectEnvelope(answer, 200, statusCode);
  expect(answer.json.data.result).toBe(result);
}

const start = (version: OcpiVersion, change: object = {}) => ({
  token: driver(version),
  location_id: 'ONE',
  evse_uid: 'ONE-1',
  ...change,
});

const reserve = (version: OcpiVersion, change: object = {}) => ({
  token: driver(version),
  expiry_date: inSeconds(600),
  reservation_id: version === '2.1.1' ? 12 : 'R1',
  location_id: 'ONE',
  evse_uid: 'ONE-1',
  ...change,
});

describe.each(OCPI_VERSIONS)('a command [%s]', (version) => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('CMD-01: %s is not allowed', async (method) => {
    const answer = await world.api.call(`/ocpi/${version}/commands/START_SESSION`, {
      token: emsps[version].token,
      method,
      ...(method !== 'GET' && { body: start(version) }),
    });
    expectEnvelope(answer, 405, 2000);
    expect(answer.headers.allow).toBe('POST');
    await expectNothing();
  });

  it('CMD-10, CMD-11, P8: is answered at once while the CSMS is silent', async () => {
    const before = performance.now();
    const answer = await world.command(emsps[version], 'START_SESSION', start(version));
    expect(performance.now() - before).toBeLessThan(500);
    expectEnvelope(answer, 200, 1000);
    expect(answer.json.data).toEqual(
      version === '2.1.1' ? { result: 'ACCEPTED' } : { result: 'ACCEPTED', timeout: 30 },
    );
    expect((await world.newRequests()).map(({ type }) => type)).toEqual([
      'ocpi.start-session.requested.v1',
    ]);
  });

  it('CMD-04: the path says which body is read', async () => {
    const answer = await world.command(emsps[version], 'START_SESSION', { session_id: 'S1' });
    expectEnvelope(answer, 200, 2001);
    await expectNothing();
  });

  it('CMD-06: a command of no name we know is not supported', async () => {
    const answer = await world.command(emsps[version], 'DE-ABC-REBOOT', { any: 'thing' });
    expectResult(answer, 'NOT_SUPPORTED');
    if (version === '2.1.1') expect(answer.json.data).toEqual({ result: 'NOT_SUPPORTED' });
    else expect(answer.json.data.timeout).toBe(30);
    await expectNothing();
  });

  it('CMD-07: broken JSON is 400, no token 401, a missing field 2001', async () => {
    const path = `/ocpi/${version}/commands/START_SESSION`;
    const { token } = emsps[version];
    expectEnvelope(await world.api.call(path, { token, method: 'POST', text: '{"a":' }), 400, 2001);
    expectEnvelope(await world.api.call(path, { method: 'POST', body: start(version) }), 401, 2000);
    const { token: _driver, ...incomplete } = start(version);
    expectEnvelope(await world.command(emsps[version], 'START_SESSION', incomplete), 200, 2001);
    await expectNothing();
  });

  it('CMD-09: fields that nobody knows change nothing', async () => {
    const answer = await world.command(
      emsps[version],
      'START_SESSION',
      start(version, { foo: 1, token: driver(version, '04A1B2C3', { foo: { bar: [] } }) }),
    );
    expectResult(answer, 'ACCEPTED');
    expect(JSON.stringify(await world.newRequests())).not.toContain('foo');
  });

  it('CMD-15: a station that is offline is asked nothing', async () => {
    await world.status('ONE', 'UNKNOWN');
    try {
      expectResult(
        await world.command(emsps[version], 'START_SESSION', start(version)),
        'REJECTED',
      );
      expectResult(
        await world.command(emsps[version], 'RESERVE_NOW', reserve(version)),
        'REJECTED',
      );
      await expectNothing();
    } finally {
      await world.status('ONE', 'AVAILABLE');
    }
  });

  it('CMD-16: what the EVSE is not capable of is not supported', async () => {
    await world.site('POOR', { capabilities: ['RFID_READER'] });
    const place = { location_id: 'POOR', evse_uid: 'POOR-1' };
    await world.say('session.started', world.session('S-POOR', 'POOR'));
    for (const [name, body] of [
      ['START_SESSION', start(version, place)],
      ['STOP_SESSION', { session_id: 'S-POOR' }],
      ['RESERVE_NOW', reserve(version, place)],
      ['UNLOCK_CONNECTOR', { ...place, connector_id: '1' }],
    ] as const) {
      expectResult(await world.command(emsps[version], name, body), 'NOT_SUPPORTED');
    }
    await expectNothing();
  });

  it('CMD-24, TRN-03, TYP-05: a malformed response_url is 2001, an unfit target REJECTED, and nothing is called', async () => {
    const { server } = emsps[version];
    for (const response_url of [
      undefined,
      '',
      'nowhere',
      '/responses/1',
      'ftp://127.0.0.1/x',
      `${server.url}/${'x'.repeat(300)}`,
    ]) {
      const body = { ...start(version), response_url };
      const answer = await world.command(emsps[version], 'START_SESSION', body);
      expectEnvelope(answer, 200, 2001);
    }
    for (const response_url of [
      'http://169.254.169.254/latest/meta-data',
      'https://10.0.0.1/x',
      'http://localhost:1/x',
      'https://elsewhere.example.com/x',
      `http://user:secret@127.0.0.1:${server.port}/x`,
      `http://127.0.0.2:${server.port}/x`,
    ]) {
      const body = { ...start(version), response_url };
      const answer = await world.command(emsps[version], 'START_SESSION', body);
      expectResult(answer, 'REJECTED');
    }
    await expectNothing();
    expect(server.requests).toEqual([]);
  });

  it('CMD-29, CMD-30, STA-10 (partial: Locations): an unknown Location and one of another CPO look the same', async () => {
    await world.api.host('NL*BBB');
    await world.query(`UPDATE connection SET hosted_parties = '{NL*AAA}'`);
    await world.api.directory.changed();
    await world.site('FOREIGN', { party_id: 'BBB' });
    const places = [
      { location_id: 'NOWHERE', evse_uid: 'ONE-1' },
      { location_id: 'FOREIGN', evse_uid: 'FOREIGN-1' },
    ];
    for (const place of places) {
      for (const [name, body] of [
        ['START_SESSION', start(version, place)],
        ['RESERVE_NOW', reserve(version, place)],
        ['UNLOCK_CONNECTOR', { ...place, connector_id: '1' }],
      ] as const) {
        const answer = await world.command(emsps[version], name, body);
        expectResult(answer, 'REJECTED', 2003);
        if (version !== '2.1.1') expect(answer.json.data.timeout).toBe(30);
      }
    }
    await expectNothing();
  });

  it('CMD-31: an unknown or removed EVSE is 2003, an unknown connector 2001, and never is any other taken', async () => {
    await world.site('GONE', { evses: 2 });
    await world.status('GONE', 'REMOVED', 'GONE-2');
    for (const evse_uid of ['GONE-9', 'GONE-2']) {
      const place = { location_id: 'GONE', evse_uid };
      expectResult(
        await world.command(emsps[version], 'START_SESSION', start(version, place)),
        'REJECTED',
        2003,
      );
      expectResult(
        await world.command(emsps[version], 'RESERVE_NOW', reserve(version, place)),
        'REJECTED',
        2003,
      );
    }
    const lock = { location_id: 'ONE', evse_uid: 'ONE-1', connector_id: '9' };
    expectResult(await world.command(emsps[version], 'UNLOCK_CONNECTOR', lock), 'REJECTED', 2001);
    if (version !== '2.1.1') {
      const body = start(version, { connector_id: '9' });
      expectResult(await world.command(emsps[version], 'START_SESSION', body), 'REJECTED', 2001);
    }
    await expectNothing();
  });

  it('CMD-32, CMD-33, CMD-34, STA-10: only a running session of the partner’s own customer is stopped', async () => {
    const stop = (session_id: string, by = emsps[version]) =>
      world.command(by, 'STOP_SESSION', { session_id });
    expectResult(await stop('NO-SUCH-SESSION'), 'UNKNOWN_SESSION');

    const other = { country_code: 'DE', party_id: 'RIV', uid: 'X', type: 'RFID', contract_id: 'X' };
    await world.say('session.started', world.session('S-RIVAL', 'ONE', { cdr_token: other }));
    expectResult(await stop('S-RIVAL'), 'REJECTED');

    const over = { status: 'COMPLETED', end_date_time: new Date().toISOString() };
    await world.say('session.started', world.session('S-OVER', 'ONE'));
    await world.say('session.ended', world.session('S-OVER', 'ONE', over));
    const ended = await stop('S-OVER');
    expectResult(ended, 'REJECTED');
    if (version !== '2.1.1') expect(ended.json.data.message[0].text).toContain('over');

    await world.say('session.started', world.session('S-RES', 'ONE', { status: 'RESERVATION' }));
    expectResult(await stop('S-RES'), 'REJECTED');
    await expectNothing();
    const rows = await world.query(`SELECT session_key, status FROM session ORDER BY session_key`);
    expect(rows).toContainEqual({ session_key: 'S-RIVAL', status: 'ACTIVE' });
    expect(rows).toContainEqual({ session_key: 'S-RES', status: 'RESERVATION' });
  });

  it('CMD-35: without an EVSE the one of the Location starts; of several none does', async () => {
    const { evse_uid: _one, ...anywhere } = start(version);
    expectResult(await world.command(emsps[version], 'START_SESSION', anywhere), 'ACCEPTED');
    const { data } = await world.nextRequest();
    expect(data).toMatchObject({ location_id: 'ONE' });
    expect(data).not.toHaveProperty('evse_uid');

    const several = { ...anywhere, location_id: 'TWO' };
    expectResult(await world.command(emsps[version], 'START_SESSION', several), 'REJECTED');
    expect(await world.newRequests()).toEqual([]);
  });

  it('CMD-39, CMD-42, CMD-70 (partial: the start), CMD-58 (partial: tokens): whether the token is known, valid or allowed is not asked', async () => {
    const place = { location_id: 'TWO', evse_uid: 'TWO-1' };
    const blocked = driver(version, 'BLOCKED1', { valid: false, whitelist: 'NEVER' });
    const path = `/ocpi/${version}/tokens/NL/TNM/BLOCKED1`;
    await world.api.call(path, { token: emsps[version].token, method: 'PUT', body: blocked });
    for (const token of [blocked, driver(version, 'NEVER-PUSHED')]) {
      const body = start(version, { token });
      expectResult(await world.command(emsps[version], 'START_SESSION', body), 'ACCEPTED');
      const id = version === '2.1.1' ? 1 : 'T1';
      const reservation = reserve(version, { ...place, token, reservation_id: id });
      expectResult(await world.command(emsps[version], 'RESERVE_NOW', reservation), 'ACCEPTED');
    }
    expect(await world.newRequests()).toHaveLength(4);
    const unknown = `/ocpi/${version}/tokens/NL/TNM/NEVER-PUSHED`;
    const asked = await world.api.call(unknown, { token: emsps[version].token });
    expect(asked.status).toBe(404);
  });

  it('CMD-53: a reservation id has the type of its version', async () => {
    const wrong = version === '2.1.1' ? '12' : 12;
    const body = reserve(version, { reservation_id: wrong });
    expectEnvelope(await world.command(emsps[version], 'RESERVE_NOW', body), 200, 2001);
    await expectNothing();
  });

  it('CMD-56, TYP-08 (partial: expiry_date): a reservation ends in the future, whatever the offset', async () => {
    const past = reserve(version, { expiry_date: inSeconds(-60) });
    expectEnvelope(await world.command(emsps[version], 'RESERVE_NOW', past), 200, 2001);
    await expectNothing();

    const offset = reserve(version, { expiry_date: '2099-01-01T10:00:00+02:00' });
    expectResult(await world.command(emsps[version], 'RESERVE_NOW', offset), 'ACCEPTED');
    expect((await world.nextRequest()).data.expiry_date).toBe('2099-01-01T08:00:00Z');

    const bare = reserve(version, {
      expiry_date: '2099-01-01T10:00:00',
      location_id: 'TWO',
      evse_uid: 'TWO-1',
    });
    expectResult(await world.command(emsps[version], 'RESERVE_NOW', bare), 'ACCEPTED');
    expect((await world.nextRequest()).data.expiry_date).toBe('2099-01-01T10:00:00Z');
  });

  it('CMD-57: without an EVSE the CSMS chooses among those that can be reserved', async () => {
    const { evse_uid: _none, ...anywhere } = reserve(version, { location_id: 'TWO' });
    expectResult(await world.command(emsps[version], 'RESERVE_NOW', anywhere), 'ACCEPTED');
    const { data } = await world.nextRequest();
    expect(data.candidates).toEqual(['TWO-1', 'TWO-2']);
    expect(data).not.toHaveProperty('evse_uid');

    await world.site('NONE', { capabilities: ['RFID_READER'] });
    const unable = { ...anywhere, location_id: 'NONE' };
    expectResult(await world.command(emsps[version], 'RESERVE_NOW', unable), 'NOT_SUPPORTED');
  });

  it('CMD-68: a connector is named by all three ids', async () => {
    const lock = { location_id: 'ONE', evse_uid: 'ONE-1', connector_id: '1' };
    for (const field of Object.keys(lock)) {
      const part = { ...lock, [field]: undefined };
      const answer = await world.command(emsps[version], 'UNLOCK_CONNECTOR', part);
      expectEnvelope(answer, 200, 2001);
    }
    await expectNothing();
  });

  it('CMD-69: a connector is not unlocked under somebody else’s car, nor over and over', async () => {
    const site = `LOCK-${version}`;
    await world.site(site);
    const lock = { location_id: site, evse_uid: `${site}-1`, connector_id: '1' };
    const other = { country_code: 'DE', party_id: 'RIV', uid: 'X', type: 'RFID', contract_id: 'X' };
    await world.say('session.started', world.session(`${site}-S`, site, { cdr_token: other }));
    expectResult(await world.command(emsps[version], 'UNLOCK_CONNECTOR', lock), 'REJECTED');
    await expectNothing();

    const own = world.session(`${site}-S`, site, {
      cdr_token: other,
      status: 'COMPLETED',
      end_date_time: new Date().toISOString(),
    });
    await world.say('session.ended', own);
    for (let attempt = 1; attempt <= 5; attempt++) {
      const { json } = await world.command(emsps[version], 'UNLOCK_CONNECTOR', lock);
      expect(json.data.result).toBe('ACCEPTED');
      await world.finish(await world.nextRequest(), { status: 'UnlockFailed' });
    }
    expectResult(await world.command(emsps[version], 'UNLOCK_CONNECTOR', lock), 'REJECTED');
    expect(await world.newRequests()).toEqual([]);
  });

  it('CMD-69 (partial: no part of a stop): a stop unlocks nothing', async () => {
    await world.say('session.started', world.session('S-STOP', 'TWO'));
    const stop = await world.command(emsps[version], 'STOP_SESSION', { session_id: 'S-STOP' });
    expectResult(stop, 'ACCEPTED');
    expect((await world.newRequests()).map(({ type, data }) => [type, data.session_id])).toEqual([
      ['ocpi.stop-session.requested.v1', 'S-STOP'],
    ]);
  });
});

describe('a partner that sees no Sessions', () => {
  it.each(OCPI_VERSIONS)('VER-16 [%s]: is not offered commands', async (version) => {
    const id = `blind-${version.replaceAll('.', '')}`;
    const profile = { sessionsPush: 'off' };
    const blind = await world.connect(id, version, { party: 'DE*BLI', profile });
    const details = await world.api.call(`/ocpi/${version}`, { token: blind.token });
    const offered = details.json.data.endpoints.map(
      (one: { identifier: string }) => one.identifier,
    );
    expect(offered).not.toContain('commands');
    expect(offered).not.toContain('chargingprofiles');
    expect(offered).toContain('locations');
    const token = driver(
      version,
      'BLIND1',
      version === '2.1.1' ? {} : { country_code: 'DE', party_id: 'BLI' },
    );
    const answer = await world.command(blind, 'START_SESSION', start(version, { token }), {
      'OCPI-to-country-code': 'NL',
      'OCPI-to-party-id': 'AAA',
    });
    expectEnvelope(answer, 404, 2000);
    await expectNothing();
  });
});

describe('a command [2.1.1]', () => {
  it('CMD-05: there is no CANCEL_RESERVATION', async () => {
    const body = { reservation_id: 12 };
    const answer = await world.command(emsps['2.1.1'], 'CANCEL_RESERVATION', body);
    expectResult(answer, 'NOT_SUPPORTED');
    await expectNothing();
  });

  it('CMD-08 [2.1.1]: has no routing headers, and its ids come back', async () => {
    const ids = { 'X-Request-ID': 'req-1', 'X-Correlation-ID': 'corr-1' };
    const { headers } = await world.command(emsps['2.1.1'], 'START_SESSION', start('2.1.1'), ids);
    expect(headers).toMatchObject({ 'x-request-id': 'req-1', 'x-correlation-id': 'corr-1' });
    expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).toEqual([]);
  });

  it('CMD-72 [2.1.1]: ids have case', async () => {
    await world.say('session.started', world.session('S-Case', 'ONE'));
    const stop = (session_id: string) =>
      world.command(emsps['2.1.1'], 'STOP_SESSION', { session_id });
    expectResult(await stop('s-case'), 'UNKNOWN_SESSION');
    expectResult(await stop('S-Case'), 'ACCEPTED');
    const other = start('2.1.1', { location_id: 'one' });
    expectResult(await world.command(emsps['2.1.1'], 'START_SESSION', other), 'REJECTED', 2003);
  });

  it('CMD-37 [2.1.1], CMD-38 [2.1.1]: of virtual EVSEs the named one starts; one that needs a connector, which it cannot name, starts as little as its Location says', async () => {
    await world.site('VIRTUAL', { evses: 2 });
    const body = start('2.1.1', { location_id: 'VIRTUAL', evse_uid: 'VIRTUAL-2' });
    expectResult(await world.command(emsps['2.1.1'], 'START_SESSION', body), 'ACCEPTED');
    expect((await world.nextRequest()).data).toMatchObject({ evse_uid: 'VIRTUAL-2' });

    const capabilities = ['REMOTE_START_STOP_CAPABLE', 'START_SESSION_CONNECTOR_REQUIRED'];
    await world.site('NEEDY', { capabilities });
    const { token } = emsps['2.1.1'];
    const shown = await world.api.call('/ocpi/2.1.1/locations/NEEDY', { token });
    expect(shown.json.data.evses[0].capabilities ?? []).toEqual([]);
    const { evse_uid: _none, ...anywhere } = start('2.1.1', { location_id: 'NEEDY' });
    for (const place of [anywhere, { ...anywhere, evse_uid: 'NEEDY-1' }]) {
      const answer = await world.command(emsps['2.1.1'], 'START_SESSION', place);
      expectResult(answer, 'NOT_SUPPORTED');
    }
  });
});

describe.each(NEWER)('a command [%s]', (version) => {
  it('CMD-03: both ways to join the URL lead to it', async () => {
    const { token, server } = emsps[version];
    const details = await world.api.call(`/ocpi/${version}`, { token });
    const { url } = details.json.data.endpoints.find(
      (endpoint: { identifier: string }) => endpoint.identifier === 'commands',
    );
    const path = new URL(url).pathname;
    for (const joined of [
      `${path}START_SESSION`,
      `${path}/START_SESSION`,
      `${path}//START_SESSION`,
    ]) {
      const answer = await world.api.callRaw(joined, {
        method: 'POST',
        headers: {
          authorization: `Token ${Buffer.from(token).toString('base64')}`,
          'content-type': 'application/json',
        },
        text: JSON.stringify({ ...start(version), response_url: `${server.url}/responses/x` }),
      });
      expectResult(answer, 'ACCEPTED');
    }
  });

  it('CMD-08: the answer mirrors the routing headers', async () => {
    const { headers } = await world.command(emsps[version], 'START_SESSION', start(version), {
      'OCPI-from-country-code': 'NL',
      'OCPI-from-party-id': 'TNM',
      'OCPI-to-country-code': 'NL',
      'OCPI-to-party-id': 'AAA',
      'X-Request-ID': 'req-1',
      'X-Correlation-ID': 'corr-1',
    });
    expect(headers).toMatchObject({
      'ocpi-from-country-code': 'NL',
      'ocpi-from-party-id': 'AAA',
      'ocpi-to-country-code': 'NL',
      'ocpi-to-party-id': 'TNM',
      'x-request-id': 'req-1',
      'x-correlation-id': 'corr-1',
    });
  });

  it('CMD-11, CMD-12, CMD-13: every refusal has a timeout, a reason in a list of texts, and a word that is fit for it', async () => {
    await world.say('session.started', world.session('S-OVER2', 'ONE'));
    const refusals = [
      await world.command(emsps[version], 'REBOOT', {}),
      await world.command(emsps[version], 'STOP_SESSION', { session_id: 'nope' }),
      await world.command(emsps[version], 'START_SESSION', start(version, { location_id: 'nope' })),
      await world.command(emsps[version], 'START_SESSION', start(version, { evse_uid: 'nope' })),
      await world.command(rival, 'START_SESSION', start(version)),
    ];
    for (const { json } of refusals) {
      const { result, timeout, message } = json.data;
      expect(['REJECTED', 'NOT_SUPPORTED', 'UNKNOWN_SESSION']).toContain(result);
      expect(timeout).toBe(30);
      expect(message).toEqual([{ language: 'en', text: expect.any(String) }]);
      expect(message[0].text.length).toBeLessThanOrEqual(512);
    }
    await expectNothing();
  });

  it('CMD-36, CMD-37: a connector needs its EVSE, and some EVSEs need the connector', async () => {
    const { evse_uid: _none, ...nowhere } = start(version, { connector_id: '1' });
    expectEnvelope(await world.command(emsps[version], 'START_SESSION', nowhere), 200, 2001);

    const capabilities = ['REMOTE_START_STOP_CAPABLE', 'START_SESSION_CONNECTOR_REQUIRED'];
    await world.site('CONN', { capabilities });
    const place = { location_id: 'CONN', evse_uid: 'CONN-1' };
    const without = await world.command(emsps[version], 'START_SESSION', start(version, place));
    expectResult(without, 'REJECTED', 2001);
    await expectNothing();
    const body = start(version, { ...place, connector_id: '1' });
    expectResult(await world.command(emsps[version], 'START_SESSION', body), 'ACCEPTED');
    expect((await world.nextRequest()).data).toMatchObject({ ...place, connector_id: '1' });
  });

  it('CMD-38: of a station with one EVSE for each connector the named one starts', async () => {
    const place = { location_id: 'TWO', evse_uid: 'TWO-2' };
    const body = start(version, place);
    expectResult(await world.command(emsps[version], 'START_SESSION', body), 'ACCEPTED');
    expect((await world.nextRequest()).data).toMatchObject(place);
  });

  it('CMD-43, CMD-58 (partial: whose token): a sender uses its own tokens only', async () => {
    for (const strange of [{ party_id: 'RIV' }, { country_code: 'DE' }]) {
      const token = driver(version, '04A1B2C3', strange);
      const body = start(version, { token });
      expectResult(await world.command(emsps[version], 'START_SESSION', body), 'REJECTED');
      const reservation = reserve(version, { token });
      expectResult(await world.command(emsps[version], 'RESERVE_NOW', reservation), 'REJECTED');
    }
    await expectNothing();
  });

  it('CMD-44 (partial: the request), CMD-45 (partial: the request): token and reference reach the CSMS, long names under an alias', async () => {
    const uid = 'an-app-user-with-a-long-name-0001';
    const token = driver(version, uid, { type: 'APP_USER', group_id: 'G'.repeat(36) });
    const nested = { ...token, authorization_reference: 'REF-1' };
    const body = start(version, { token: nested });
    expectResult(await world.command(emsps[version], 'START_SESSION', body), 'ACCEPTED');
    const { data } = await world.nextRequest();
    expect(data).toMatchObject({
      token: { country_code: 'NL', party_id: 'TNM', uid, type: 'APP_USER' },
      id_token: { id_token: uid, type: 'Central' },
      authorization_reference: 'REF-1',
    });
    expect(data.id_tag).toMatch(/^[A-Z2-9]{20}$/);
    expect(data.group_id_tag).toMatch(/^[A-Z2-9]{20}$/);

    const again = start(version, {
      token,
      location_id: 'TWO',
      evse_uid: 'TWO-1',
      authorization_reference: 'REF-2',
    });
    await world.command(emsps[version], 'START_SESSION', again);
    const second = (await world.nextRequest()).data;
    expect(second.id_tag).toBe(data.id_tag);
    expect(second.authorization_reference).toBe('REF-2');
  });
});
