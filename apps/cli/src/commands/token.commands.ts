import { type Command } from 'commander';
import { CliError } from '../cli-error.js';
import { answer, type CliContext, command } from '../context.js';

interface Erasure {
  pseudonym: string;
  pseudonymised: { sessions: number; cdrs: number };
  removed: Record<string, number>;
  namedByLocations: string[];
}

/** `ocpi token …`: what is stored about the driver behind a token. */
export function addTokenCommands(program: Command, context: CliContext): void {
  const token = program.command('token').description('personal data behind a token');

  command(
    token,
    'export <party> <uid>',
    'everything stored that names it, as JSON',
    'token export "DE*EMP" 04A1B2C3D4E5F6 > driver.json',
  )
    .option('--type <type>', 'RFID, APP_USER, …; all of them by default')
    .action(async (party: string, uid: string, options: { type?: string; json?: boolean }) => {
      const data = await context.api.call<{ records: object }>(
        'POST',
        'personal-data/exports',
        named(party, uid, options.type),
      );
      answer(context, options, data, ({ records }) => JSON.stringify(records, null, 2));
    });

  command(
    token,
    'erase <party> <uid>',
    'removes it for good; its Sessions and CDRs stay with a pseudonym',
    'token erase "DE*EMP" 04A1B2C3D4E5F6 --yes',
  )
    .option('--type <type>', 'RFID, APP_USER, …; all of them by default')
    .option('--yes', 'there is no way back')
    .action(
      async (
        party: string,
        uid: string,
        options: { type?: string; yes?: boolean; json?: boolean },
      ) => {
        if (options.yes !== true) throw new CliError('there is no way back: say --yes');
        const erasure = await context.api.call<Erasure>(
          'POST',
          'personal-data/erasures',
          named(party, uid, options.type),
        );
        answer(context, options, erasure, told);
      },
    );
}

const named = (party: string, uid: string, type?: string) => ({
  party,
  token: { uid, ...(type !== undefined && { type }) },
});

function told({ pseudonym, pseudonymised, removed, namedByLocations }: Erasure): string {
  const { sessions, cdrs } = pseudonymised;
  const gone = Object.entries(removed)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`);
  return [
    `${sessions} sessions and ${cdrs} CDRs are those of ${pseudonym} now.`,
    `Removed: ${gone.length === 0 ? 'nothing' : gone.join(', ')}.`,
    ...(namedByLocations.length > 0
      ? [`The CSMS still shows it ${namedByLocations.join(', ')}: state them without it.`]
      : []),
    'The partner must stop stating the token, or it comes back.',
  ].join('\n');
}
