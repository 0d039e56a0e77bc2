export { Clock, SystemClock } from './clock.js';
export {
  DEVELOPMENT_ADMIN_KEY,
  DEVELOPMENT_ENCRYPTION_KEY,
} from './configuration/development-keys.js';
export {
  type EnvironmentVariables,
  gatewayEnvironment,
} from './configuration/environment-variables.js';
export {
  type CsmsOutBinding,
  type Environment,
  GatewaySettings,
  type LogLevel,
} from './configuration/gateway-settings.js';
export { readSettings } from './configuration/read-settings.js';
export { SettingsError } from './configuration/settings.error.js';
export {
  renderEnvironmentExample,
  renderSettingsTable,
} from './configuration/settings-documents.js';
export { newCorrelationId, newRequestId, newSecret } from './ids.js';
export { PlatformModule } from './platform.module.js';
