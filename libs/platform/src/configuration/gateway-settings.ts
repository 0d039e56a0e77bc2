import { inspect } from 'node:util';
import { AdminAccessSettings } from './admin-access-settings.js';
import { MessageTraceSettings } from './message-trace-settings.js';
import { RetentionSettings } from './retention-settings.js';
import { RequestLimitSettings } from './request-limit-settings.js';
import { EncryptionKeySettings } from './encryption-key-settings.js';
import { settingGroups } from './setting-groups.js';
import { Setting, settingsOf } from './setting.js';
import { TlsSettings } from './tls-settings.js';
import { TracingSettings } from './tracing-settings.js';

export const ENVIRONMENTS = ['development', 'test', 'production'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

const CSMS_OUT_BINDINGS = ['kafka', 'http', 'none'] as const;
export type CsmsOutBinding = (typeof CSMS_OUT_BINDINGS)[number];

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** Settings that have a file of their own. */
const Groups = settingGroups(
  EncryptionKeySettings,
  RequestLimitSettings,
  TlsSettings,
  AdminAccessSettings,
  MessageTraceSettings,
  TracingSettings,
  RetentionSettings,
);

/**
 * Every setting of both processes; the only reader of the environment is `readSettings`. Each property is described
 * once, here or in the class of its group that this one extends: docs/settings.md and .env.example are generated from it. Printing it hides the secrets.
 */
export class GatewaySettings extends Groups {
  @Setting({
    env: 'OCPI_ENVIRONMENT',
    kind: 'choice',
    choices: ENVIRONMENTS,
    defaultNote: 'NODE_ENV if it is one of these, else `production`',
    description:
      'What this installation is for. `development` alone runs with the well-known development keys.',
  })
  environment: Environment;

  @Setting({
    env: 'OCPI_LOG_LEVEL',
    kind: 'choice',
    choices: LOG_LEVELS,
    default: 'info',
    description: 'The least severe log line that is written.',
  })
  logLevel: LogLevel;

  @Setting({
    env: 'DATABASE_URL',
    kind: 'url',
    protocols: ['postgres', 'postgresql'],
    secret: true,
    defaultNote: 'required',
    description: 'The PostgreSQL database, with user and password.',
  })
  databaseUrl: string;

  @Setting({
    env: 'DATABASE_POOL_SIZE',
    kind: 'integer',
    min: 2,
    max: 500,
    default: '20',
    description: 'Connections to PostgreSQL that one process may hold.',
  })
  databasePoolSize: number;

  @Setting({
    env: 'OCPI_PUBLIC_URL',
    kind: 'url',
    protocols: ['http', 'https'],
    defaultNote: '`http://localhost:<OCPI_PUBLIC_PORT>` outside production, where it is required',
    description: 'The base under which partners reach us; `/ocpi/…` is appended.',
  })
  /** Never ends with a slash. */
  publicUrl: string;

  @Setting({
    env: 'OCPI_PUBLIC_PORT',
    kind: 'integer',
    min: 0,
    max: 65535,
    default: '3000',
    description: 'Port of `ocpi-api` for partners: serves `/ocpi/**` and nothing else.',
  })
  publicPort: number;

  @Setting({
    env: 'OCPI_INTERNAL_PORT',
    kind: 'integer',
    min: 0,
    max: 65535,
    default: '3001',
    description: 'Internal port of `ocpi-api`: admin API, health, metrics.',
  })
  internalPort: number;

  @Setting({
    env: 'OCPI_CONSUMER_INTERNAL_PORT',
    kind: 'integer',
    min: 0,
    max: 65535,
    default: '3002',
    description: "Internal port of `csms-consumer`: the CSMS's HTTP binding, health, metrics.",
  })
  consumerInternalPort: number;

  @Setting({
    env: 'OCPI_BIND_ADDRESS',
    kind: 'text',
    default: '0.0.0.0',
    description: 'The address all ports listen on.',
  })
  bindAddress: string;

  @Setting({
    env: 'OCPI_ADMIN_KEY',
    kind: 'text',
    minLength: 16,
    maxLength: 256,
    pattern: /^[!-~]+$/,
    shape: '16 to 256 printable characters without blanks',
    secret: true,
    defaultNote: 'required outside development',
    description: 'The key of the role `admin` that admin API and command line take.',
  })
  adminKey: string;

  @Setting({
    env: 'OCPI_PARTNER_URL_ALLOWLIST',
    kind: 'list',
    default: '',
    description:
      'Partner hosts (`host` or `host:port`) and networks (CIDR) that may be plain HTTP, loopback or private. Logged at start and shown in `/health/ready`.',
  })
  partnerUrlAllowlist: string[];

  @Setting({
    env: 'KAFKA_BROKERS',
    kind: 'list',
    default: '',
    defaultNote: 'none: no Kafka binding',
    description: 'Kafka brokers (`host:port`) for the CSMS contract.',
  })
  kafkaBrokers: string[];

  @Setting({
    env: 'KAFKA_CLIENT_ID',
    kind: 'text',
    default: 'ocpi-gateway',
    description: 'The client id shown to the brokers.',
  })
  kafkaClientId: string;

  @Setting({
    env: 'KAFKA_GROUP_ID',
    kind: 'text',
    default: 'ocpi-gateway',
    description: 'The consumer group that all replicas of `csms-consumer` share.',
  })
  kafkaGroupId: string;

  @Setting({
    env: 'KAFKA_SESSION_TIMEOUT_MS',
    kind: 'integer',
    min: 1000,
    max: 300_000,
    default: '10000',
    description: 'How long a silent consumer keeps its partitions, in milliseconds.',
  })
  kafkaSessionTimeoutMs: number;

  @Setting({
    env: 'KAFKA_SSL',
    kind: 'boolean',
    default: 'false',
    description: 'TLS towards the brokers.',
  })
  kafkaSsl: boolean;

  @Setting({
    env: 'KAFKA_SASL_MECHANISM',
    kind: 'choice',
    choices: SASL_MECHANISMS,
    defaultNote: 'none: no SASL',
    description: 'How the client signs in at the brokers; needs user name and password.',
  })
  kafkaSaslMechanism?: (typeof SASL_MECHANISMS)[number];

  @Setting({ env: 'KAFKA_SASL_USERNAME', kind: 'text', description: 'User name at the brokers.' })
  kafkaSaslUsername?: string;

  @Setting({
    env: 'KAFKA_SASL_PASSWORD',
    kind: 'text',
    secret: true,
    description: 'Password at the brokers.',
  })
  kafkaSaslPassword?: string;

  @Setting({
    env: 'OCPI_KAFKA_TOPIC_PREFIX',
    kind: 'text',
    pattern: /^[A-Za-z0-9._-]{0,100}$/,
    shape: 'at most 100 letters, digits, dots, underscores or hyphens',
    default: 'ocpi.',
    description: 'Begins the name of every topic of the contract.',
  })
  kafkaTopicPrefix: string;

  @Setting({
    env: 'OCPI_CSMS_OUT',
    kind: 'choice',
    choices: CSMS_OUT_BINDINGS,
    defaultNote: '`kafka` when KAFKA_BROKERS is set, else `http`',
    description: 'The binding by which the CSMS hears from us.',
  })
  csmsOut: CsmsOutBinding;

  @Setting({
    env: 'OCPI_HOLD_SECONDS',
    kind: 'integer',
    min: 0,
    max: 86_400,
    default: '300',
    description: 'How long an event whose parent is unknown is held before it is parked.',
  })
  holdSeconds: number;

  @Setting({
    env: 'OCPI_COMMAND_TIMEOUT_SECONDS',
    kind: 'integer',
    min: 2,
    max: 3600,
    default: '30',
    description:
      'How long partners are told to wait for the result of a command; the CSMS has a tenth less, at least a second.',
  })
  commandTimeoutSeconds: number;

  @Setting({
    env: 'OCPI_PAGE_LIMIT',
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: '100',
    description: 'Objects on a page when the partner names no limit.',
  })
  pageLimit: number;

  @Setting({
    env: 'OCPI_PAGE_LIMIT_MAX',
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: '1000',
    description: 'The most objects on a page, whatever the partner asks for.',
  })
  pageLimitMax: number;

  @Setting({
    env: 'OCPI_PUSH_TIMEOUT_MS',
    kind: 'integer',
    min: 100,
    max: 300_000,
    default: '10000',
    description:
      'How long a partner may take to answer, in milliseconds: a push, the result of a command, a pull of its tokens, a look whether it is there. The profile has `timeoutMs` for one partner; handshakes and questions about drivers have their own.',
  })
  pushTimeoutMs: number;

  @Setting({
    env: 'OCPI_HANDSHAKE_TIMEOUT_MS',
    kind: 'integer',
    min: 100,
    max: 300_000,
    default: '30000',
    description: 'How long a partner may take to answer a request of the handshake.',
  })
  handshakeTimeoutMs: number;

  @Setting({
    env: 'OCPI_PUSH_CONCURRENCY',
    kind: 'integer',
    min: 1,
    max: 256,
    default: '8',
    description: 'Requests in flight at once towards one partner.',
  })
  pushConcurrency: number;

  @Setting({
    env: 'OCPI_LEASE_SECONDS',
    kind: 'integer',
    min: 1,
    max: 600,
    default: '10',
    description: 'How long a feed of a dead process waits before another takes it over.',
  })
  leaseSeconds: number;

  @Setting({
    env: 'OCPI_TOKEN_PULL_INTERVAL_SECONDS',
    kind: 'integer',
    min: 10,
    max: 604_800,
    default: '3600',
    description: "Time between two pulls of a partner's tokens.",
  })
  tokenPullIntervalSeconds: number;

  @Setting({
    env: 'OCPI_TOKEN_GRACE_SECONDS',
    kind: 'integer',
    min: 0,
    max: 86_400,
    default: '300',
    description:
      'How long a replaced credentials token still works when the partner never used its successor.',
  })
  tokenGraceSeconds: number;

  @Setting({
    env: 'OCPI_DRAIN_SECONDS',
    kind: 'integer',
    min: 0,
    max: 600,
    default: '20',
    description: 'How long requests and pushes in flight may take to end at shutdown.',
  })
  drainSeconds: number;

  @Setting({
    env: 'OCPI_SHUTDOWN_DELAY_SECONDS',
    kind: 'integer',
    min: 0,
    max: 120,
    default: '0',
    description:
      'Time between "not ready" and the closing of the ports, for load balancers to notice.',
  })
  shutdownDelaySeconds: number;

  /** What may be shown: every setting by its variable, secrets hidden. */
  toJSON(): Record<string, unknown> {
    const values = this as unknown as Record<string, unknown>;
    return Object.fromEntries(
      settingsOf(GatewaySettings).map(({ env, property, secret }) => [
        env,
        secret && values[property] !== undefined ? '[secret]' : values[property],
      ]),
    );
  }

  [inspect.custom](): Record<string, unknown> {
    return this.toJSON();
  }
}
