import { type Command } from 'commander';
import { type AdminApi } from './admin-api.js';

/** What every command works with. */
export interface CliContext {
  api: AdminApi;
  env: Readonly<Record<string, string | undefined>>;
  /** Prints to standard output. */
  out(text: string): void;
}

/** A command that can print its answer as JSON; `examples` end its help. */
export function command(
  parent: Command,
  signature: string,
  description: string,
  ...examples: [string, ...string[]]
): Command {
  const made = parent
    .command(signature)
    .description(description)
    .option('--json', 'print the answer of the admin API as JSON');
  return withExamples(made, examples);
}

export function withExamples(made: Command, examples: readonly string[]): Command {
  if (examples.length === 0) return made;
  const lines = examples.map((line) => `  npm run ocpi -- ${line}`).join('\n');
  return made.addHelpText('after', `\nExamples:\n${lines}`);
}

/** Prints the answer: as JSON when asked to, else in words. */
export function answer<T>(
  context: CliContext,
  options: { json?: boolean },
  value: T,
  words: (value: T) => string,
): void {
  context.out(options.json === true ? JSON.stringify(value, null, 2) : words(value));
}

/** Collects an option that may be given several times, or with several values divided by commas. */
export const several = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value.split(',').filter((part) => part !== ''),
];

/** Collects an option that may be given several times, as it is. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];
