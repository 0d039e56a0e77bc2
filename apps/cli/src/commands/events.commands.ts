import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { answer, type CliContext, command } from '../context.js';
import { ago, facts, short, table } from '../print.js';

interface ParkedEvent {
  id: number;
  state: string;
  type: string | null;
  subject: string | null;
  source: string | null;
  eventId: string | null;
  reason: string;
  parentKey: string | null;
  binding: string;
  attempts: number;
  receivedAt: string;
  expiresAt: string | null;
}

type ParkedEventDetails = ParkedEvent & {
  origin: Record<string, unknown>;
  rawBase64: string;
  rawText?: string;
};

/** `ocpi events …`: what came from the CSMS and waits, or could not be used. */
export function addEventCommands(program: Command, context: CliContext): void {
  const events = program
    .command('events')
    .description('events of the CSMS that wait for their parent or could not be used');

  command(events, 'list', 'newest first', 'events list', 'events list --state held')
    .option('--state <state>', 'held (waits) or parked (broken)')
    .option('--limit <count>', 'how many at most', '100')
    .action(async (options: { state?: string; limit: string; json?: boolean }) => {
      const query = new URLSearchParams({
        limit: options.limit,
        ...(options.state !== undefined && { state: options.state }),
      });
      const path = `parked-events?${query.toString()}`;
      const list = await context.api.get<{ parkedEvents: ParkedEvent[] }>(path);
      answer(context, options, list, ({ parkedEvents }) =>
        parkedEvents.length === 0
          ? 'Nothing waits and nothing is parked.'
          : table(
              ['ID', 'STATE', 'TYPE', 'SUBJECT', 'TRIES', 'CAME', 'REASON'],
              parkedEvents.map((one) => [
                one.id,
                one.state,
                one.type,
                one.subject,
                one.attempts,
                ago(one.receivedAt),
                short(one.reason),
              ]),
            ),
      );
    });

  command(
    events,
    'show <id>',
    'one of them, with its raw bytes',
    'events show 17',
    'events show 17 --raw > event.json',
  )
    .option('--raw', 'print the bytes alone, as base64 where they are no text')
    .action(async (id: string, options: { raw?: boolean; json?: boolean }) => {
      const event = await context.api.get<ParkedEventDetails>(at('parked-events', id));
      if (options.raw === true) context.out(event.rawText ?? event.rawBase64);
      else answer(context, options, event, eventFacts);
    });

  command(
    events,
    'redrive <ids...>',
    'try again; one that fails again comes back',
    'events redrive 17 18',
  ).action(async (ids: string[], options: { json?: boolean }) => {
    const done = await context.api.call<{ redriven: number }>('POST', 'parked-events/redrive', {
      ids: ids.map(Number),
    });
    answer(
      context,
      options,
      done,
      ({ redriven }) =>
        `${redriven === 1 ? '1 event is' : `${redriven} events are`} tried again within seconds.`,
    );
  });

  command(events, 'drop <id>', 'throw one away', 'events drop 17').action(
    async (id: string, options: { json?: boolean }) => {
      await context.api.call('DELETE', at('parked-events', id));
      answer(context, options, { dropped: Number(id) }, () => `${id} is thrown away.`);
    },
  );
}

const eventFacts = (event: ParkedEventDetails): string =>
  facts([
    ['id', event.id],
    ['state', event.state],
    ['type', event.type],
    ['subject', event.subject],
    ['source', event.source],
    ['event id', event.eventId],
    ['reason', event.reason],
    ['waits for', event.parentKey ?? undefined],
    ['until', event.expiresAt ?? undefined],
    ['tries', event.attempts],
    ['came', `${ago(event.receivedAt)} by ${event.binding}`],
    ['from', event.origin],
    ['bytes', event.rawText ?? `${event.rawBase64} (base64)`],
  ]);
