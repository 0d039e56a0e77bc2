import { monitoringRules } from './monitoring.mjs';
import { networkRules } from './network.mjs';
import { podRules } from './pods.mjs';
import { releaseRules } from './release.mjs';
import { secretRules } from './secrets.mjs';

/** Title → rule; a rule throws an AssertionError when `{objects, text, root}` breaks it. */
export const RULES = {
  ...podRules,
  ...secretRules,
  ...networkRules,
  ...releaseRules,
  ...monitoringRules,
};
