import { type Command } from 'commander';
import { CliError } from '../cli-error.js';
import { answer, type CliContext, command } from '../context.js';
import { table } from '../print.js';

interface EncryptionKey {
  id: string;
  use: 'current' | 'previous' | 'unknown';
  secrets: number;
}

interface Rotation {
  rotated: number;
  unreadable: { of: 'connection' | 'csms'; name: string; reason: string }[];
  keys: EncryptionKey[];
}

/** `ocpi keys`: which encryption keys are in use, and moving to the current one. */
export function addKeyCommands(program: Command, context: CliContext): void {
  const keys = program.command('keys').description('the keys that encrypt secrets at rest');
  command(keys, 'list', 'the keys, and what was encrypted with each', 'keys list').action(
    async (options: { json?: boolean }) => {
      const found = await context.api.get<{ keys: EncryptionKey[] }>('encryption-keys');
      answer(context, options, found, ({ keys: all }) => describe(all));
    },
  );
  command(keys, 'rotate', 'encrypts everything with the current key', 'keys rotate').action(
    async (options: { json?: boolean }) => {
      const done = await context.api.call<Rotation>('POST', 'encryption-keys/rotate');
      answer(context, options, done, ({ rotated, unreadable, keys: all }) =>
        [
          `${rotated} secrets encrypted anew`,
          ...unreadable.map(({ of, name, reason }) => `${of} ${name}: ${reason}`),
          describe(all),
        ].join('\n'),
      );
      if (done.unreadable.length > 0) {
        throw new CliError(`${done.unreadable.length} secrets cannot be read; all others are done`);
      }
    },
  );
}

function describe(keys: readonly EncryptionKey[]): string {
  const advice = keys.flatMap(({ id, use, secrets }) => {
    if (use === 'unknown') {
      return `The gateway lacks key ${id}: add it to OCPI_ENCRYPTION_KEYS_PREVIOUS, or register anew with the partners concerned.`;
    }
    if (use === 'current') return [];
    return secrets === 0
      ? `Nothing needs key ${id}: it may leave OCPI_ENCRYPTION_KEYS_PREVIOUS, unless it is the next one.`
      : `Key ${id} is still needed: run \`ocpi keys rotate\` when all replicas have the current one.`;
  });
  const rows = keys.map(({ id, use, secrets }) => [id, use, String(secrets)]);
  return [table(['KEY', 'USE', 'SECRETS'], rows), ...advice].join('\n');
}
