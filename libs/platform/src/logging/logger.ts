import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { currentLogFields } from './log-fields.js';
import { scrubSecrets } from './secret-text.js';

const SECRET_FIELDS = [
  'authorization',
  'Authorization',
  'token',
  'tokenA',
  'tokenB',
  'tokenC',
  'password',
  'secret',
  'adminKey',
  'encryptionKey',
  'apiKey',
  '["x-api-key"]',
];

/** A field is hidden wherever it stands in the first four levels of a line. */
const REDACTED = ['', '*', '*.*', '*.*.*'].flatMap((parent) =>
  SECRET_FIELDS.map((field) =>
    parent === '' || field.startsWith('[') ? `${parent}${field}` : `${parent}.${field}`,
  ),
);

function serializeError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const serialized: Record<string, unknown> = { ...stdSerializers.err(error as Error) };
  // Drivers hang queries, parameters and whole requests on their errors: keep what says why, drop what may hold a secret.
  const kept: Record<string, unknown> = {};
  for (const field of ['type', 'message', 'stack', 'code', 'statusCode', 'constraint']) {
    const value = serialized[field];
    if (value !== undefined) kept[field] = typeof value === 'string' ? scrubSecrets(value) : value;
  }
  return kept;
}

/** A JSON logger that hides secrets (P15) and adds the fields of the request or event at work. */
export const buildLogger = (destination: DestinationStream): Logger =>
  pino(
    {
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: serializeError, error: serializeError },
      redact: { paths: REDACTED, censor: '[redacted]' },
      mixin: currentLogFields,
      hooks: {
        logMethod(parts, method) {
          const scrubbed = (parts as unknown[]).map((part) =>
            typeof part === 'string' ? scrubSecrets(part) : part,
          );
          method.apply(this, scrubbed as Parameters<typeof method>);
        },
      },
    },
    destination,
  );

const root = buildLogger(pino.destination({ dest: 1, sync: false }));
const named = new Map<string, Logger>();

/** The process's logger for one part of it; usable before the settings are read. */
export function createLogger(name: string): Logger {
  const existing = named.get(name);
  if (existing) return existing;
  const logger = root.child({ name });
  named.set(name, logger);
  return logger;
}

/** Sets the level of every logger of the process, also of those made before. */
export function setLogLevel(level: string): void {
  root.level = level;
  for (const logger of named.values()) logger.level = level;
}

export const rootLogger = (): Logger => root;
