import { CliError } from './cli-error.js';

const SECONDS = { s: 1, min: 60, m: 60, h: 3600, d: 86_400 } as const;

/** `30min`, `1h`, `2d` in seconds. @throws CliError */
export function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,6}) ?(s|min|m|h|d)$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new CliError(`write a time as 30min, 1h or 2d, not '${text}'`);
  }
  return Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

/** An instant as it is, or a time before now: `2026-01-01`, `1h`. @throws CliError */
export function instantOf(text: string, now = new Date()): string {
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) {
    return new Date(text).toISOString();
  }
  return new Date(now.getTime() - secondsOf(text) * 1000).toISOString();
}
