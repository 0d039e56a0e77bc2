import { type Command } from 'commander';
import { CliError } from '../cli-error.js';
import { answer, type CliContext, command } from '../context.js';
import { ago, table } from '../print.js';

interface Party {
  party: string;
  businessDetails: { name: string };
  createdAt: string;
  announcements?: { connectionId: string; failure?: string }[];
}

/** `ocpi party …`: the CPO parties we speak for. */
export function addPartyCommands(program: Command, context: CliContext): void {
  const party = program.command('party').description('the CPO parties we speak for');

  command(
    party,
    'add <party>',
    'begin to speak for a CPO party; partners that meet it are told',
    'party add "NL*EVC" --name "Example Charging"',
  )
    .requiredOption('--name <name>', 'its name, as partners see it')
    .option('--website <url>')
    .action(async (key: string, options: { name: string; website?: string; json?: boolean }) => {
      const [, countryCode, partyId] = /^(..)\*(...)$/.exec(key) ?? [];
      if (!countryCode || !partyId) throw new CliError('write the party as NL*ABC');
      const { name, website } = options;
      const created = await context.api.call<Party>('POST', 'hosted-parties', {
        countryCode,
        partyId,
        businessDetails: { name, ...(website !== undefined && { website }) },
      });
      const list = await context.api.get<{ hostedParties: Party[] }>('hosted-parties');
      answer(context, options, created, (party) => told(party, list.hostedParties.length));
    });

  command(party, 'list', 'all of them', 'party list').action(
    async (options: { json?: boolean }) => {
      const list = await context.api.get<{ hostedParties: Party[] }>('hosted-parties');
      answer(context, options, list, ({ hostedParties }) =>
        table(
          ['PARTY', 'NAME', 'SINCE'],
          hostedParties.map((one) => [one.party, one.businessDetails.name, ago(one.createdAt)]),
        ),
      );
    },
  );
}

function told({ party, announcements = [] }: Party, hosted: number): string {
  const failed = announcements.filter(({ failure }) => failure !== undefined);
  return [
    `${party} is a party of ours now.`,
    ...(announcements.length > 0 ? [`Told ${announcements.length - failed.length} partners.`] : []),
    ...failed.map(
      ({ connectionId, failure }) => `Could not tell ${connectionId}: ${failure ?? ''}`,
    ),
    ...(hosted > 1
      ? [
          `We speak for ${hosted} parties now. A partner on 2.2.1 or later that meets several must say by OCPI-to headers`,
          'whose lists it pulls; without them it is answered 2001. Tell your partners.',
        ]
      : []),
  ].join('\n');
}
