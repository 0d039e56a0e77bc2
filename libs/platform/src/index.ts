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
export { readDatabaseUrl } from './configuration/read-database-url.js';
export { type KafkaSettings, readKafkaSettings } from './configuration/read-kafka-settings.js';
export { readSettings } from './configuration/read-settings.js';
export { SettingsError } from './configuration/settings.error.js';
export {
  renderEnvironmentExample,
  renderSettingsTable,
} from './configuration/settings-documents.js';
export { newCorrelationId, newRequestId, newSecret } from './ids.js';
export { PlatformModule } from './platform.module.js';
export { databaseCheck, migrationsCheck } from './health/database-checks.js';
export { type ReadinessCheck, ReadinessGate } from './health/readiness-gate.js';
export { createGatewayApp, type GatewayAppOptions } from './http/create-gateway-app.js';
export { type HttpSurface, HttpSurfaces } from './http/http-surfaces.js';
export {
  DeepJsonException,
  MalformedJsonException,
  nestsTooDeep,
  parseJsonBody,
} from './http/json-body.js';
export { listenOnInternalPort, listenOnTwoPorts } from './http/listen.js';
export { SourceAddresses } from './http/source-addresses.js';
export { followFiles } from './files/follow-files.js';
export { setFiles } from './files/named-files.js';
export { clientCertificate } from './tls/client-certificate.js';
export { readPemFiles } from './tls/pem-files.js';
export { type PublicTls, publicTls } from './tls/public-tls.js';
export { type TlsVersion } from './configuration/tls-settings.js';
export { currentLogFields, type LogFields, withLogFields } from './logging/log-fields.js';
export { createLogger, setLogLevel } from './logging/logger.js';
export { isSecretName } from './logging/secret-names.js';
export { HIDDEN, hideNamedSecrets, scrubSecrets } from './logging/secret-text.js';
export { Metrics } from './metrics/metrics.js';
export { reportFailedStart } from './report-failed-start.js';
export { runProcess } from './run-process.js';
export { GracefulShutdown } from './shutdown/graceful-shutdown.js';
export { startTracing, type Tracing } from './tracing/start-tracing.js';
export {
  describeSpan,
  endSpan,
  inSpan,
  isTracing,
  type Span,
  startSpan,
  traceparentOf,
  withSpan,
} from './tracing/tracing.js';
