import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { CliError } from '../cli-error.js';
import { answer, type CliContext, command, several } from '../context.js';
import { ago, facts, table } from '../print.js';

interface CsmsClient {
  name: string;
  parties: string[];
  sources: string[];
  webhookUrl: string | null;
  createdAt: string;
}

/** `ocpi csms …`: CSMSs on the HTTP binding. */
export function addCsmsCommands(program: Command, context: CliContext): void {
  const csms = program.command('csms').description('CSMSs that use the HTTP binding');

  command(
    csms,
    'add <name>',
    'let a CSMS in; its key is shown this once',
    'csms add our-csms --party "NL*EVC"',
    'csms add our-csms --party "NL*EVC" --webhook https://csms.example/ocpi',
  )
    .requiredOption('--party <party>', 'a party it may write for (repeat for more)', several)
    .option('--source <source>', 'a CloudEvents source it may use; without, any', several)
    .option('--webhook <url>', 'where it is called; without, it asks by long poll')
    .action(async (name: string, options: NewClient) => {
      const created = await context.api.call<CsmsClient & { key: string; webhookSecret?: string }>(
        'POST',
        'csms-clients',
        {
          name,
          parties: options.party,
          sources: options.source ?? [],
          ...(options.webhook !== undefined && { webhookUrl: options.webhook }),
        },
      );
      answer(context, options, created, (made) =>
        facts([
          ['name', made.name],
          ['parties', made.parties],
          ['key', made.key],
          ['webhook secret', made.webhookSecret],
          ['', 'Keep it: it is not shown again.'],
        ]),
      );
    });

  command(csms, 'list', 'all of them', 'csms list').action(async (options: { json?: boolean }) => {
    const list = await context.api.get<{ csmsClients: CsmsClient[] }>('csms-clients');
    answer(context, options, list, ({ csmsClients }) =>
      table(
        ['NAME', 'PARTIES', 'SOURCES', 'HEARS BY', 'SINCE'],
        csmsClients.map((one) => [
          one.name,
          one.parties,
          one.sources.length > 0 ? one.sources : 'any',
          one.webhookUrl ?? 'long poll',
          ago(one.createdAt),
        ]),
      ),
    );
  });

  command(
    csms,
    'rm <name>',
    'take its key away, and what it has not fetched yet',
    'csms rm our-csms --yes',
  )
    .option('--yes', 'there is no way back')
    .action(async (name: string, options: { yes?: boolean; json?: boolean }) => {
      if (options.yes !== true) throw new CliError('there is no way back: say --yes');
      await context.api.call('DELETE', at('csms-clients', name));
      answer(context, options, { removed: name }, () => `${name} is no longer let in.`);
    });
}

interface NewClient {
  party: string[];
  source?: string[];
  webhook?: string;
  json?: boolean;
}
