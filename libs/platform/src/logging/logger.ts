import { type DestinationStream, type Logger, pino } from 'pino';
import { currentLogFields } from './log-fields.js';
import { scrubFields } from './scrub-fields.js';
import { scrubSecrets } from './secret-text.js';
import { isTracing, traceFields } from '../tracing/tracing.js';

/** A JSON logger that hides secrets (P15) and adds the fields and the trace of the request or event at work. */
export const buildLogger = (destination: DestinationStream): Logger =>
  pino(
    {
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }), log: scrubFields },
      serializers: {
        // Told by scrubFields already.
        err: (error: unknown) => error,
        // Also where pino takes it from an error.
        message: (text: unknown) => (typeof text === 'string' ? scrubSecrets(text) : text),
      },
      // A copy, for pino adds the fields of the line to it.
      mixin: () => ({ ...currentLogFields(), ...(isTracing() && traceFields()) }),
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
