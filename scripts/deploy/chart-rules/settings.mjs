import assert from 'node:assert/strict';
import { environmentOf, ofKind, podsOf, title } from '../manifest-queries.mjs';

/** What the product is told. */
export const settingRules = {
  'both applications get each of `settings` as it was written': ({ objects, values }) => {
    for (const { owner, spec } of podsOf(ofKind(objects, 'Deployment'))) {
      const environment = environmentOf(spec.containers[0]);
      for (const [name, value] of Object.entries(values.settings ?? {}))
        assert.equal(environment[name], String(value), `${title(owner)}: ${name}`);
    }
  },
};
