import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod, type Type } from '@nestjs/common';
import { Metrics, SettingsError } from '#platform';
import { createHash } from 'node:crypto';
import { AdminModule } from '../../src/admin/admin.module.js';
import { AUDITED } from '../../src/admin/audit/audited.js';
import { REQUIRED_ROLE } from '../../src/admin/access/requires-role.js';
import { eventually } from '../../../../test/harness/wait-for.js';
import { type Admin, ADMIN_KEY, startAdmin } from './admin-harness.js';
import { keyFile } from './key-file.js';

const VIEWER_KEY = 'viewer-key-of-this-test';
const OPERATOR_KEY = 'operator-key-of-this-test';
const hashed = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`;

let file: Awaited<ReturnType<typeof keyFile>>;
let admin: Admin;

beforeAll(async () => {
  file = await keyFile([
    '# name role key',
    `vera viewer ${VIEWER_KEY}`,
    '',
    `oscar operator ${hashed(OPERATOR_KEY)}`,
  ]);
  admin = await startAdmin({ OCPI_ADMIN_KEYS_FILE: file.path });
});
afterAll(async () => {
  await admin.stop();
  await file.remove();
});

interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  role: string;
  security: Record<string, unknown>[];
}

/** Every route, as the served OpenAPI names it, with something in its path. */
async function operations(): Promise<Operation[]> {
  const answer = await fetch(`${admin.internalUrl}/admin/v1/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, object>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries<ReturnType<typeof JSON.parse>>(methods).map(([method, operation]) => ({
      method: method as Operation['method'],
      path: path.replace('/admin/v1/', '').replace(/\{\w+\}/g, '1'),
      role: operation['x-required-role'] ?? 'none',
      security: operation['security'] ?? [],
    })),
  );
}

describe('roles of the admin API', () => {
  it('are declared by every route, and every route that writes stands in the audit log', () => {
    const controllers = Reflect.getMetadata('controllers', AdminModule) as Type[];
    const routes = controllers.flatMap(({ name, prototype }) =>
      Object.getOwnPropertyNames(prototype)
        .map((method) => [method, (prototype as Record<string, object>)[method]!] as const)
        .filter(
          ([method, handler]) =>
            method !== 'constructor' && Reflect.hasMetadata(PATH_METADATA, handler),
        )
        .map(([method, handler]) => ({
          route: `${name}.${method}`,
          isRead: Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET,
          role: Reflect.getMetadata(REQUIRED_ROLE, handler),
          audited: Reflect.hasMetadata(AUDITED, handler),
        })),
    );

    expect(routes.length).toBeGreaterThan(30);
    expect(routes.filter(({ role }) => role === undefined)).toEqual([]);
    expect(routes.filter(({ isRead, audited }) => isRead === audited)).toEqual([]);
    const otherReads = routes.filter(({ isRead, role }) => isRead !== (role === 'viewer'));
    expect(otherReads.map(({ route, role }) => `${route} ${role}`)).toEqual([
      'MessageTraceController.list operator',
      'MessageTraceController.get operator',
    ]);
  });

  it('let nobody in without a key, a viewer only read, and an operator all but what is for admins', async () => {
    const all = await operations();
    const statuses = async (key: string) =>
      Promise.all(
        all.map(async ({ method, path }) => (await admin.withKey(key)[method](path)).status),
      );
    const allowed = (...roles: string[]) => all.map(({ role }) => roles.includes(role));

    const nobody = await Promise.all(
      all.map(async ({ method, path }) => {
        const url = `${admin.internalUrl}/admin/v1/${path}`;
        return (await fetch(url, { method: method.toUpperCase() })).status;
      }),
    );
    const viewer = await statuses(VIEWER_KEY);
    const writes = await admin.dataSource.query<{ action: string; actor: string }[]>(
      `SELECT action, actor FROM audit_entry WHERE outcome = 'refused'`,
    );
    const operator = await statuses(OPERATOR_KEY);

    expect(all.map(({ role }) => role)).not.toContain('none');
    expect(all.every(({ security }) => security.length === 2)).toBe(true);
    expect(new Set(nobody)).toEqual(new Set([401]));
    expect(viewer.map((status) => status !== 403)).toEqual(allowed('viewer'));
    expect(operator.map((status) => status !== 403)).toEqual(allowed('viewer', 'operator'));
    expect(new Set(all.map(({ role }) => role))).toEqual(new Set(['viewer', 'operator', 'admin']));
    expect(writes).toHaveLength(all.filter(({ role }) => role !== 'viewer').length);
    expect(new Set(writes.map(({ actor }) => actor))).toEqual(new Set(['key:vera']));
  });

  it('say which role is needed, and count who was not let in', async () => {
    const metrics = admin.app.get(Metrics);
    const before = (await metrics.adminRefusalsTotal.get()).values.find(
      ({ labels }) => labels.status === 403,
    )!.value;

    const { body } = await admin
      .withKey(OPERATOR_KEY)
      .post('hosted-parties')
      .send({ countryCode: 'NL', partyId: 'EVC', businessDetails: { name: 'EVC' } })
      .expect(403)
      .expect('content-type', /problem\+json/);

    expect(body.detail).toBe('This needs the role admin; key:oscar has operator');
    const { values } = await metrics.adminRefusalsTotal.get();
    expect(values.find(({ labels }) => labels.status === 403)!.value).toBe(before + 1);
    expect(await admin.dataSource.query('SELECT 1 FROM hosted_party')).toEqual([]);
  });
});

describe('the file of admin keys', () => {
  it('is read anew within seconds when it changed, and a broken one changes nothing', async () => {
    const status = async (key: string) => (await admin.withKey(key).get('connections')).status;

    await file.write([`vera viewer ${VIEWER_KEY}`, `vera viewer ${hashed('another-key-of-vera')}`]);
    await eventually(async () => (await status('another-key-of-vera')) === 200, {
      intervalMs: 1500,
    });
    expect(await status(OPERATOR_KEY)).toBe(401);
    expect(await status(VIEWER_KEY)).toBe(200);

    await file.write(['vera nobody']);
    await new Promise((resolve) => setTimeout(resolve, 5500));
    expect(await status('another-key-of-vera')).toBe(200);
    expect(await status(ADMIN_KEY)).toBe(200);
  });

  it('keeps the gateway from starting when it cannot be understood, and repeats no key', async () => {
    const broken = await keyFile(['a viewer short', 'b chief long-enough-key-1234', 'c admin']);

    const started = startAdmin({ OCPI_ADMIN_KEYS_FILE: broken.path });

    const error = await started.then(
      () => undefined,
      (thrown: unknown) => thrown as SettingsError,
    );
    await broken.remove();
    expect(error).toBeInstanceOf(SettingsError);
    expect(error!.problems).toHaveLength(3);
    expect(error!.message).not.toContain('long-enough-key');
  });
});

describe('who guesses keys', () => {
  it('has to wait after twenty in a minute, whatever it shows then', async () => {
    const guessed = await startAdmin();
    const status = async (key: string) => (await guessed.withKey(key).get('connections')).status;
    for (let guess = 0; guess < 20; guess += 1) {
      expect(await status(`guess-${guess}`)).toBe(401);
    }

    const answer = await guessed.get('connections');

    expect(answer.status).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    await guessed.stop();
  });
});
