import { type LoggerService } from '@nestjs/common';
import { type Logger } from 'nestjs-pino';

/** Nest's own words in our log. What it loads and maps at start is a hundred lines for those who debug it, and for nobody else. */
export const frameworkLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown, ...rest: unknown[]) => logger.debug(message, ...rest),
  debug: (message: unknown, ...rest: unknown[]) => logger.debug(message, ...rest),
  verbose: (message: unknown, ...rest: unknown[]) => logger.verbose(message, ...rest),
  warn: (message: unknown, ...rest: unknown[]) => logger.warn(message, ...rest),
  error: (message: unknown, ...rest: unknown[]) => logger.error(message, ...rest),
  fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(message, ...rest),
});
