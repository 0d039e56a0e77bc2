import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { answer, type CliContext, command } from '../context.js';
import { ago, facts, short, table } from '../print.js';

interface PartnerCommand {
  id: string;
  kind: string;
  connectionId: string;
  version: string;
  party: string;
  sender: string;
  location: string | null;
  evse: string | null;
  session: string | null;
  reservationNumber: number | null;
  receivedAt: string;
  takenOnAt: string | null;
  finishedAt: string | null;
  outcome: string | null;
  droppedResults: number;
  callbackStates: string[];
}

interface CommandDetails extends PartnerCommand {
  body: unknown;
  result: unknown;
  callbacks: {
    purpose: string;
    responseUrl: string;
    state: string;
    body: string | null;
    sentAt: string | null;
    note: string | null;
  }[];
}

interface ListOptions {
  partner?: string;
  session?: string;
  state?: string;
  undelivered?: boolean;
  limit: string;
  json?: boolean;
}

/** `ocpi command …`: what partners asked of the CSMS. */
export function addCommandCommands(program: Command, context: CliContext): void {
  const commands = program.command('command').description('what partners asked of the CSMS');

  command(
    commands,
    'list',
    'newest first',
    'command list',
    'command list --undelivered',
    'command list --partner example-emsp --state open',
  )
    .option('--partner <id>', 'of this connection alone')
    .option('--session <id>', 'about this Session')
    .option('--state <state>', 'open or finished')
    .option('--undelivered', 'only those whose result a partner did not take')
    .option('--limit <count>', 'how many at most', '100')
    .action(async (options: ListOptions) => {
      const query = new URLSearchParams({
        limit: options.limit,
        ...(options.partner !== undefined && { connection: options.partner }),
        ...(options.session !== undefined && { session: options.session }),
        ...(options.state !== undefined && { state: options.state }),
        ...(options.undelivered === true && { undelivered: 'true' }),
      });
      const list = await context.api.get<{ commands: PartnerCommand[] }>(
        `commands?${query.toString()}`,
      );
      answer(context, options, list, ({ commands: found }) =>
        found.length === 0 ? 'No commands.' : listOf(found),
      );
    });

  command(
    commands,
    'show <id>',
    'one of them, with its result and what became of its callbacks',
    'command show 5f0f6c1e-0000-4000-8000-000000000001',
    'command show 5f0f6c1e',
  ).action(async (id: string, options: { json?: boolean }) => {
    const found = await context.api.get<CommandDetails>(at('commands', id));
    answer(context, options, found, detailsOf);
  });
}

const listOf = (found: readonly PartnerCommand[]): string =>
  table(
    ['ID', 'PARTNER', 'COMMAND', 'ABOUT', 'ASKED', 'OUTCOME', 'TOLD'],
    found.map((one) => [
      one.id,
      one.connectionId,
      one.kind,
      one.session ?? one.evse ?? one.location,
      ago(one.receivedAt),
      one.outcome ?? 'open',
      one.callbackStates,
    ]),
  );

/** Without what the other lines say, and of the token what names it. */
function essentials(body: unknown): unknown {
  const { response_url: _, token, ...rest } = body as Record<string, unknown>;
  if (typeof token !== 'object' || token === null) return rest;
  const { uid, type, contract_id } = token as Record<string, unknown>;
  return { token: { uid, type, contract_id }, ...rest };
}

const detailsOf = (one: CommandDetails): string =>
  [
    facts([
      ['id', one.id],
      ['command', one.kind],
      ['partner', `${one.connectionId} (${one.version}), ${one.sender}`],
      ['to', one.party],
      ['location', one.location ?? undefined],
      ['EVSE', one.evse ?? undefined],
      ['session', one.session ?? undefined],
      ['reservation', one.reservationNumber ?? undefined],
      ['asked for', short(JSON.stringify(essentials(one.body)), 200)],
      ['asked', one.receivedAt],
      ['taken on', one.takenOnAt],
      ['finished', one.finishedAt],
      ['outcome', one.outcome ?? 'open'],
      ['CSMS said', one.result === null ? undefined : short(JSON.stringify(one.result), 200)],
      ['dropped', one.droppedResults === 0 ? undefined : `${one.droppedResults} results`],
    ]),
    ...one.callbacks.map(
      ({ purpose, responseUrl, state, body, sentAt, note }) =>
        `\n${facts([
          [purpose, responseUrl],
          ['state', state],
          ['body', body ?? undefined],
          ['sent', sentAt ?? undefined],
          ['answer', note ?? undefined],
        ])}`,
    ),
  ].join('\n');
