import { exportSPKI, SignJWT, UnsecuredJWT } from 'jose';
import { eventually } from '../../../../test/harness/wait-for.js';
import { IssuerKeys, IssuerUnavailableError } from '../../src/admin/access/issuer-keys.js';
import { type Admin, startAdmin } from './admin-harness.js';
import { OidcIssuer } from './oidc-issuer.js';

let issuer: OidcIssuer;
let admin: Admin;

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  admin = await startAdmin({
    OCPI_OIDC_ISSUER: issuer.url,
    OCPI_OIDC_AUDIENCE: 'ocpi-gateway',
    OCPI_OIDC_ROLES_CLAIM: 'realm_access.groups',
    OCPI_OIDC_ROLES: 'roaming-desk=operator,everybody=viewer,platform=team=admin',
  });
});
afterAll(async () => {
  await admin.stop();
  await issuer.stop();
});

const groups = (...names: string[]) => ({ realm_access: { groups: names } });
const asked = async (token: string, from: Admin = admin) => from.withKey(token).get('connections');

describe('a token of the issuer', () => {
  it('gives the highest role that its groups are worth, and its name to the audit log', async () => {
    const statuses = async (...names: string[]) => {
      const caller = admin.withKey(
        await issuer.token({ ...groups(...names), preferred_username: 'olga' }),
      );
      const read = await caller.get('connections');
      const operate = await caller.post('connections/none/pause');
      const host = await caller.post('hosted-parties').send({});
      return [read.status, operate.status, host.status];
    };

    expect(await statuses('everybody', 'others')).toEqual([200, 403, 403]);
    expect(await statuses('everybody', 'roaming-desk')).toEqual([200, 404, 403]);
    expect(await statuses('platform=team')).toEqual([200, 404, 400]);
    expect(await statuses('others')).toEqual([403, 403, 403]);
    const [entry] = await admin.dataSource.query(
      `SELECT actor, role FROM audit_entry WHERE role = 'operator' AND action = 'connection.pause'`,
    );
    expect(entry).toEqual({ actor: 'oidc:olga', role: 'operator' });
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['of another issuer', () => issuer.token({}, { issuer: 'https://other.example' }), /"iss"/],
    ['for another audience', () => issuer.token({}, { audience: 'another-service' }), /"aud"/],
    ['that has expired', () => issuer.token({}, { expires: '-1min' }), /expired/],
    [
      'that is not signed',
      () =>
        Promise.resolve(
          new UnsecuredJWT({ sub: 'x', ...groups('platform=team') })
            .setIssuer(issuer.url)
            .setAudience('ocpi-gateway')
            .setExpirationTime('5min')
            .encode(),
        ),
      /algorithm/,
    ],
    [
      'signed with the public key as a shared secret',
      async () =>
        new SignJWT({ sub: 'x', ...groups('platform=team') })
          .setProtectedHeader({ alg: 'HS256', kid: issuer.keyId })
          .setIssuer(issuer.url)
          .setAudience('ocpi-gateway')
          .setExpirationTime('5min')
          .sign(new TextEncoder().encode(await exportSPKI(issuer.publicKey))),
      /algorithm/,
    ],
    [
      'signed by somebody else with the name of the key',
      async () => {
        const other = await OidcIssuer.start();
        const token = await other.token(groups('platform=team'), { issuer: issuer.url });
        await other.stop();
        const [, payload, signature] = token.split('.');
        const header = JSON.stringify({ alg: 'RS256', kid: issuer.keyId });
        return [Buffer.from(header).toString('base64url'), payload, signature].join('.');
      },
      /not signed by the issuer/,
    ],
    ['without an end', () => issuer.token({}, { expires: null }), /"exp"/],
    ...[4711, '', ' \0 ', null, { a: 1 }, ['x']].map(
      (sub): [string, () => Promise<string>, RegExp] => [
        `whose subject is ${JSON.stringify(sub)}`,
        () => issuer.token({ ...groups('platform=team'), preferred_username: 'olga', sub }),
        /"sub" does not fit/,
      ],
    ),
  ])('%s is refused', async (_, make, reason) => {
    const answer = await asked(await make());

    expect(answer.status).toBe(401);
    expect(answer.body.detail).toMatch(reason);
  });

  it('that names nobody goes by its subject', async () => {
    for (const preferred_username of ['', ' ', 4711, null, '\0']) {
      const token = await issuer.token({ ...groups('roaming-desk'), preferred_username });
      const { status } = await admin.withKey(token).post('connections/nameless/pause');
      expect(status).toBe(404);
    }

    const actors = await admin.dataSource.query<{ actor: string }[]>(
      `SELECT DISTINCT actor FROM audit_entry WHERE subject = 'nameless'`,
    );
    expect(actors).toEqual([{ actor: 'oidc:user-1' }]);
  });

  it('may be a little late by our clock', async () => {
    const token = await issuer.token(groups('everybody'), { expires: '-5s' });

    expect((await asked(token)).status).toBe(200);
  });

  it('counts by the keys that the issuer shows now', async () => {
    const before = await issuer.token(groups('everybody'));
    expect((await asked(before)).status).toBe(200);

    await issuer.rotate();
    const after = await issuer.token(groups('everybody'));

    await eventually(async () => (await asked(after)).status === 200, { intervalMs: 500 });
    expect((await asked(before)).status).toBe(401);
  });
});

describe('an issuer that does not answer', () => {
  it('costs 503 for its tokens, never 500, and nothing for keys', async () => {
    const alone = await startAdmin({
      OCPI_OIDC_ISSUER: 'http://127.0.0.1:1',
      OCPI_OIDC_AUDIENCE: 'ocpi-gateway',
    });
    const token = await issuer.token({}, { issuer: 'http://127.0.0.1:1' });

    const answers = [await asked(token, alone), await asked(token, alone)];
    const withKey = await alone.get('connections');

    await alone.stop();
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(answers[0]!.body.detail).toContain('admin keys still work');
    expect(withKey.status).toBe(200);
  });

  it('is not missed for an hour once its keys are known, and not asked for made-up keys all the time', async () => {
    let now = 0;
    const own = await OidcIssuer.start();
    const keys = new IssuerKeys(own.url, () => now);
    const find = (kid: string) => keys.find({ alg: 'RS256', kid });
    await find(own.keyId);
    for (let round = 0; round < 50; round += 1) {
      await expect(find(`made-up-${round}`)).rejects.toThrow();
    }
    expect(own.reads).toBe(1);
    now += 6000;
    await expect(find('made-up')).rejects.toThrow();
    expect(own.reads).toBe(2);

    await own.stop();
    now += 59 * 60_000;
    await find(own.keyId);
    now += 2 * 60_000;
    await expect(find(own.keyId)).rejects.toThrow(IssuerUnavailableError);
    await own.listen();
    now += 6000;
    await find(own.keyId);
    await own.stop();
  });
});
