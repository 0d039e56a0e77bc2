import { monitoringRules } from './monitoring.mjs';
import { networkRules } from './network.mjs';
import { podRules } from './pods.mjs';
import { releaseRules } from './release.mjs';
import { secretRules } from './secrets.mjs';
import { settingRules } from './settings.mjs';

/** Title → rule; a rule throws an AssertionError when `{objects, text, root, values}` breaks it; `values` is the set as written. */
export const RULES = {
  ...podRules,
  ...secretRules,
  ...settingRules,
  ...networkRules,
  ...releaseRules,
  ...monitoringRules,
};
