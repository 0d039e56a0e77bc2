import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { AdminApi } from './admin-api.js';
import { CliError } from './cli-error.js';
import { addAuditCommand } from './commands/audit.command.js';
import { addCardCommand } from './commands/card.command.js';
import { addCommandCommands } from './commands/command.commands.js';
import { addCsmsCommands } from './commands/csms.commands.js';
import { addEventCommands } from './commands/events.commands.js';
import { addFeedCommand } from './commands/feed.command.js';
import { addKeyCommands } from './commands/keys.commands.js';
import { addKnobsCommand } from './commands/knobs.command.js';
import { addObjectCommands } from './commands/object.commands.js';
import { addParkedCommands } from './commands/parked.commands.js';
import { addPartnerCommands } from './commands/partner.commands.js';
import { addPartyCommands } from './commands/party.commands.js';
import { addReservationCommands } from './commands/reservation.commands.js';
import { addTokenCommands } from './commands/token.commands.js';
import { type CliContext, withExamples } from './context.js';

export interface CliIo {
  env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
}

/** Runs one command and resolves to the exit code: 0 done, 1 refused or failed, 2 not understood. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const context: CliContext = {
    env: io.env,
    out: (text) => io.out(text),
    api: new AdminApi(io.env['OCPI_ADMIN_URL'] ?? 'http://127.0.0.1:3001', () => adminKey(io)),
  };
  try {
    await program(context, io).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CliError)) throw error;
    io.err(`ocpi: ${error.message}`);
    return 1;
  }
}

function program(context: CliContext, io: CliIo): Command {
  const root = new Command('ocpi')
    .description(
      'The OCPI gateway from the command line: parties, partners, what is stuck, where things are.\n' +
        'Talks to the admin API at OCPI_ADMIN_URL (default http://127.0.0.1:3001) with OCPI_ADMIN_KEY,\nor with a token of your sign-in in OCPI_ADMIN_TOKEN.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    });
  withExamples(root, [
    'party add "NL*EVC" --name "Example Charging"',
    'partner add example-emsp --name "Example eMSP" --allow "NL*EMA"',
    'partner list',
    'where cdr "NL*EVC" CDR-1',
  ]);
  addPartyCommands(root, context);
  addCsmsCommands(root, context);
  addPartnerCommands(root, context);
  addParkedCommands(root, context);
  addEventCommands(root, context);
  addObjectCommands(root, context);
  addCardCommand(root, context);
  addTokenCommands(root, context);
  addCommandCommands(root, context);
  addReservationCommands(root, context);
  addAuditCommand(root, context);
  addFeedCommand(root, context);
  addKnobsCommand(root, context);
  addKeyCommands(root, context);
  return root;
}

/** A token before a key. Without either, the key that a gateway in development takes; any other refuses it. */
async function adminKey({ env }: CliIo): Promise<string> {
  const given =
    env['OCPI_ADMIN_TOKEN'] || env['OCPI_ADMIN_KEY'] || keyInFile(env['OCPI_ADMIN_KEY_FILE']);
  if (given) return given;
  const { DEVELOPMENT_ADMIN_KEY } = await import('#platform');
  return DEVELOPMENT_ADMIN_KEY;
}

/** Inside a container of the gateway the key is a mounted file. */
function keyInFile(path: string | undefined): string | undefined {
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new CliError('OCPI_ADMIN_KEY_FILE names a file that cannot be read', { cause });
  }
}
