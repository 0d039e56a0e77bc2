import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { CliError } from '../cli-error.js';
import { answer, type CliContext, command } from '../context.js';
import { type Exchange, exchangeFacts } from '../exchange.js';
import { ago, facts, short, table } from '../print.js';

interface ParkedPush {
  id: number;
  connectionId: string;
  kind: string;
  objectName: string;
  reason: string;
  httpStatus: number | null;
  ocpiStatus: number | null;
  attempts: number;
  parkedAt: string;
  lastExchange?: Exchange | null;
}

/** `ocpi parked …`: what partners refused. */
export function addParkedCommands(program: Command, context: CliContext): void {
  const parked = program.command('parked').description('objects that partners refused');

  command(parked, 'list', 'newest first', 'parked list', 'parked list --partner example-emsp')
    .option('--partner <id>', 'of this connection alone')
    .option('--limit <count>', 'how many at most', '100')
    .action(async (options: { partner?: string; limit: string; json?: boolean }) => {
      const query = new URLSearchParams({
        limit: options.limit,
        ...(options.partner !== undefined && { connection: options.partner }),
      });
      const path = `parked-pushes?${query.toString()}`;
      const list = await context.api.get<{ parkedPushes: ParkedPush[] }>(path);
      answer(context, options, list, ({ parkedPushes }) =>
        parkedPushes.length === 0
          ? 'Nothing is parked.'
          : table(
              ['ID', 'PARTNER', 'KIND', 'OBJECT', 'TRIES', 'PARKED', 'REASON'],
              parkedPushes.map((one) => [
                one.id,
                one.connectionId,
                one.kind,
                one.objectName,
                one.attempts,
                ago(one.parkedAt),
                short(one.reason),
              ]),
            ),
      );
    });

  command(
    parked,
    'show <id>',
    'one of them, with the last request and its answer',
    'parked show 17',
  ).action(async (id: string, options: { json?: boolean }) => {
    const push = await context.api.get<ParkedPush>(at('parked-pushes', id));
    answer(context, options, push, (one) =>
      [
        facts([
          ['id', one.id],
          ['partner', one.connectionId],
          ['object', `${one.kind} ${one.objectName}`],
          ['reason', one.reason],
          ['tries', one.attempts],
          ['parked', ago(one.parkedAt)],
        ]),
        ...(one.lastExchange ? ['', exchangeFacts(one.lastExchange)] : []),
      ].join('\n'),
    );
  });

  command(
    parked,
    'redrive [ids...]',
    'try again, with the objects as they are now',
    'parked redrive 17 18',
    'parked redrive --partner example-emsp',
  )
    .option('--partner <id>', 'all of this connection')
    .action(async (ids: string[], options: { partner?: string; json?: boolean }) => {
      if (ids.length === 0 && options.partner === undefined) {
        throw new CliError('say which: ids, or --partner');
      }
      const choice = {
        ...(ids.length > 0 && { ids: ids.map(Number) }),
        ...(options.partner !== undefined && { connection: options.partner }),
      };
      const done = await context.api.call<{ redriven: number }>(
        'POST',
        'parked-pushes/redrive',
        choice,
      );
      answer(
        context,
        options,
        done,
        ({ redriven }) =>
          `${redriven === 1 ? '1 push is on its' : `${redriven} pushes are on their`} way.`,
      );
    });

  command(
    parked,
    'drop <id>',
    'give one up: the partner stays without it until it changes',
    'parked drop 17',
  ).action(async (id: string, options: { json?: boolean }) => {
    await context.api.call('DELETE', at('parked-pushes', id));
    answer(context, options, { dropped: Number(id) }, () => `${id} is given up.`);
  });
}
