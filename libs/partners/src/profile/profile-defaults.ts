import { type GatewaySettings } from '#platform';
import { type ProfileDefaults } from './resolve-profile.js';

/** What the settings of the gateway say where a profile is silent. */
export const profileDefaults = (settings: GatewaySettings): ProfileDefaults => ({
  pageLimitMax: settings.pageLimitMax,
  concurrency: settings.pushConcurrency,
  timeoutMs: settings.pushTimeoutMs,
  tokenPullIntervalSeconds: settings.tokenPullIntervalSeconds,
  requestsPerMinute: settings.requestsPerMinute,
});
