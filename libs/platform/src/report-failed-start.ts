import { type Logger } from 'pino';
import { SettingsError } from './configuration/settings.error.js';

/**
 * Says why a process could not start and lets it end with 1. Settings are read by the person who wrote them, so what is
 * wrong with them is a plain list; everything else is a line of the log.
 */
export function reportFailedStart(log: Logger, what: string, error: unknown): void {
  process.exitCode = 1;
  if (error instanceof SettingsError) console.error(`${what}: ${error.message}`);
  else log.fatal({ err: error }, `${what} could not start: ${(error as Error).message}`);
}
