import { type Command } from 'commander';
import { at } from '../admin-api.js';
import {
  type Connection,
  type ConnectionDetails,
  connectionFacts,
  connectionTable,
} from '../connection.js';
import { answer, type CliContext, collect, command, several } from '../context.js';
import { facts } from '../print.js';
import { knobsFrom } from '../profile-knobs.js';
import { addPartnerActions } from './partner-actions.commands.js';
import { addPartnerMessages } from './partner-messages.commands.js';
import { addPartnerSettings } from './partner-settings.commands.js';

interface Invitation {
  tokenA: string;
  versionsUrl: string;
}

/** `ocpi partner …`: connections to partners. */
export function addPartnerCommands(program: Command, context: CliContext): void {
  const partner = program.command('partner').description('connections to partners');

  command(
    partner,
    'add <id>',
    'create a connection; its token A is shown this once',
    'partner add example-emsp --name "Example eMSP" --allow "NL*EMA"',
    'partner add old-emsp --name "Old eMSP" --allow "DE*OLD" --version 2.1.1 --preset put-only',
  )
    .requiredOption('--name <name>')
    .requiredOption('--allow <party>', 'a party it may claim; * = any not bound elsewhere', several)
    .option('--kind <kind>', 'peer, hub or nap', 'peer')
    .option('--hosted <party>', 'a party of ours that it meets; without, all', several)
    .option('--version <version>', 'a version to offer; without, all', several)
    .option('--preset <preset>', 'a profile many share, see `knobs`')
    .option('--set <knob=value>', 'a knob of its profile, see `knobs`', collect)
    .action(async (id: string, options: NewPartner) => {
      const created = await context.api.call<Invitation>('POST', 'connections', {
        id,
        name: options.name,
        kind: options.kind,
        allowedParties: options.allow,
        ...(options.hosted && { hostedParties: options.hosted }),
        ...(options.version && { offeredVersions: options.version }),
        ...(options.preset !== undefined && { preset: options.preset }),
        ...(options.set && { profile: await knobsFrom(options.set, context.api) }),
      });
      answer(context, options, created, invitation);
    });

  command(
    partner,
    'list',
    'all connections: version, lag, what is stuck',
    'partner list',
    'partner list --json',
  ).action(async (options: { json?: boolean }) => {
    const list = await context.api.get<{ connections: Connection[] }>('connections');
    answer(context, options, list, ({ connections }) => connectionTable(connections));
  });

  command(
    partner,
    'show <id>',
    'everything about one, except its tokens',
    'partner show example-emsp',
  ).action(async (id: string, options: { json?: boolean }) => {
    const details = await context.api.get<ConnectionDetails>(at('connections', id));
    answer(context, options, details, connectionFacts);
  });

  command(
    partner,
    'token <id>',
    'issue a new token A, shown this once; earlier ones die',
    'partner token example-emsp',
  ).action(async (id: string, options: { json?: boolean }) => {
    const issued = await context.api.call<Invitation>('POST', at('connections', id, 'token-a'));
    answer(context, options, issued, invitation);
  });

  command(
    partner,
    'rm <id>',
    'forget a connection that is not registered',
    'partner rm example-emsp',
  ).action(async (id: string, options: { json?: boolean }) => {
    await context.api.call('DELETE', at('connections', id));
    answer(context, options, { removed: id }, () => `${id} is forgotten.`);
  });

  addPartnerActions(partner, context);
  addPartnerSettings(partner, context);
  addPartnerMessages(partner, context);
}

const invitation = ({ tokenA, versionsUrl }: Invitation): string =>
  facts([
    ['token A', tokenA],
    ['versions URL', versionsUrl],
    ['', 'Hand both over on a safe way. The token is not shown again.'],
  ]);

interface NewPartner {
  name: string;
  allow: string[];
  kind: string;
  hosted?: string[];
  version?: string[];
  preset?: string;
  set?: string[];
  json?: boolean;
}
