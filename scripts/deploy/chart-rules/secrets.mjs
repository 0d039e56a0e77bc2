import assert from 'node:assert/strict';
import { environmentOf, ofKind, podsOf, title } from '../manifest-queries.mjs';

const SECRET_VARIABLE = /(KEY|KEYS|PASSWORD|SECRET|TOKEN|DATABASE_URL)$/;
const SECRET_FOLDER = '/run/secrets/ocpi-gateway/';

/** Secrets are referred to, never contained. */
export const secretRules = {
  'no manifest contains a secret': ({ objects, text }) => {
    assert.deepEqual(ofKind(objects, 'Secret').map(title), []);
    assert.doesNotMatch(text, /\b\w+:\/\/[^\s/:@"]+:[^\s/@"]+@/, 'a URL with a password');
    for (const { owner, spec } of podsOf(objects)) {
      for (const container of spec.containers) {
        for (const [name, value] of Object.entries(environmentOf(container)))
          assert.ok(
            !SECRET_VARIABLE.test(name) || value === undefined,
            `${title(owner)}: ${name} has a value`,
          );
      }
    }
  },

  'every file of a secret is mounted where its variable says': ({ objects }) => {
    for (const { owner, spec } of podsOf(objects)) {
      const mounted = filesOf(spec);
      for (const container of spec.containers) {
        const files = Object.entries(environmentOf(container)).filter(([name]) =>
          /_FILE$/.test(name),
        );
        for (const [name, file] of files)
          assert.ok(mounted.includes(file), `${title(owner)}: ${name} is not mounted`);
        assert.equal(files.length, mounted.length, `${title(owner)}: mounts what nobody reads`);
      }
    }
  },

  'applications have the keys, jobs only what they work with': ({ objects }) => {
    const variables = (name) =>
      podsOf(objects)
        .filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === name)
        .flatMap(({ spec }) => Object.keys(environmentOf(spec.containers[0])))
        .filter((variable) => variable.endsWith('_FILE'));
    for (const app of ['ocpi-api', 'csms-consumer'])
      for (const needed of ['DATABASE_URL_FILE', 'OCPI_ADMIN_KEY_FILE', 'OCPI_ENCRYPTION_KEY_FILE'])
        assert.ok(variables(app).includes(needed), `${app}: ${needed}`);
    assert.deepEqual(variables('migrate'), ['DATABASE_URL_FILE']);
    assert.deepEqual(
      variables('topics').filter((name) => !name.startsWith('KAFKA_')),
      [],
    );
    assert.deepEqual(variables('smoke-test'), []);
    assert.ok(
      !variables('csms-consumer').includes('OCPI_TLS_KEY_FILE'),
      'csms-consumer: the key of a port that is not its own',
    );
  },

  'files of secrets are for their owner and group alone': ({ objects }) => {
    for (const { owner, spec } of podsOf(objects))
      for (const { projected } of (spec.volumes ?? []).filter(({ name }) => name === 'secrets'))
        assert.equal(projected.defaultMode, 0o440, title(owner));
  },
};

function filesOf({ volumes = [], containers }) {
  const volume = volumes.find(({ name }) => name === 'secrets');
  const mount = containers[0].volumeMounts?.find(({ name }) => name === 'secrets');
  if (!volume || !mount) return [];
  assert.equal(`${mount.mountPath}/`, SECRET_FOLDER);
  assert.equal(mount.readOnly, true);
  return volume.projected.sources.flatMap(({ secret }) =>
    secret.items.map(({ path }) => SECRET_FOLDER + path),
  );
}
