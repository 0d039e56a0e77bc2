import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { CliError } from '../cli-error.js';
import { answer, type CliContext, command } from '../context.js';
import { facts, short, table, until } from '../print.js';
import { instantOf, secondsOf } from '../time-span.js';

interface Message {
  id: number;
  at: string;
  direction: 'in' | 'out';
  module: string | null;
  method: string;
  url: string;
  httpStatus: number | null;
  ocpiStatus: number | null;
  failure: string | null;
  durationMs: number;
  requestId: string | null;
  correlationId: string | null;
}

interface MessageDetails extends Message {
  requestHeaders: Record<string, string>;
  requestBody: string | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
}

interface MessageList {
  tracedUntil: string | null;
  messages: Message[];
}

interface ListOptions {
  since?: string;
  module?: string;
  direction?: string;
  failed?: boolean;
  limit: string;
  json?: boolean;
}

/** `ocpi partner trace`, `messages`, `message`: what goes over the wire. */
export function addPartnerMessages(partner: Command, context: CliContext): void {
  command(
    partner,
    'trace <id>',
    'keep what is exchanged with it for a while, tokens masked; see `partner messages`',
    'partner trace example-emsp --for 1h',
    'partner trace example-emsp --off',
  )
    .option('--for <time>', 'how long: 30min, 1h, 2d; a week at most')
    .option('--off', 'keep no more; what was kept stays for its time')
    .action(async (id: string, options: { for?: string; off?: boolean; json?: boolean }) => {
      if ((options.for === undefined) !== (options.off === true)) {
        throw new CliError('say one of --for <time> and --off');
      }
      const path = at('connections', id, 'trace');
      const state = await (options.for === undefined
        ? context.api.call<{ tracedUntil: string | null }>('DELETE', path)
        : context.api.call<{ tracedUntil: string | null }>('POST', path, {
            seconds: secondsOf(options.for),
          }));
      answer(context, options, state, ({ tracedUntil }) =>
        tracedUntil === null
          ? `Messages of ${id} are no longer kept.`
          : `Messages of ${id} are kept until ${tracedUntil}; \`partner messages ${id}\` lists them.`,
      );
    });

  command(
    partner,
    'messages <id>',
    'what was exchanged while the trace was on, newest first',
    'partner messages example-emsp --since 10min',
    'partner messages example-emsp --module credentials --failed',
  )
    .option('--since <time>', 'an instant, or how long ago: 2026-01-01, 1h, 2d')
    .option('--module <module>', 'of this OCPI module alone')
    .option('--direction <direction>', 'in: the partner asked; out: we did')
    .option('--failed', 'only what got no answer, or no success')
    .option('--limit <count>', 'how many at most', '100')
    .action(async (id: string, options: ListOptions) => {
      const { since, module, direction, failed, limit } = options;
      const query = new URLSearchParams({
        limit,
        ...(since !== undefined && { since: instantOf(since) }),
        ...(module !== undefined && { module }),
        ...(direction !== undefined && { direction }),
        ...(failed === true && { failed: 'true' }),
      });
      const list = await context.api.get<MessageList>(
        `${at('connections', id, 'messages')}?${query.toString()}`,
      );
      answer(context, options, list, listOf);
    });

  command(
    partner,
    'message <id> <message>',
    'one of them in full: both heads and bodies',
    'partner message example-emsp 4711',
  ).action(async (id: string, message: string, options: { json?: boolean }) => {
    const path = at('connections', id, 'messages', message);
    answer(context, options, await context.api.get<MessageDetails>(path), wireText);
  });
}

function listOf({ tracedUntil, messages }: MessageList): string {
  const state =
    tracedUntil !== null && Date.parse(tracedUntil) > Date.now()
      ? `The trace is on; it ends ${until(tracedUntil)}.`
      : 'The trace is off.';
  if (messages.length === 0) return `No messages. ${state}`;
  const rows = messages.map((one) => [
    one.id,
    one.at,
    one.direction,
    one.module,
    `${one.method} ${short(one.url, 90)}`,
    one.httpStatus ?? short(one.failure, 40),
    one.ocpiStatus,
    `${one.durationMs} ms`,
  ]);
  return `${table(['ID', 'AT', '', 'MODULE', 'REQUEST', 'HTTP', 'OCPI', 'TOOK'], rows)}\n${state}`;
}

const wireText = (one: MessageDetails): string =>
  [
    facts([
      ['id', one.id],
      ['at', one.at],
      ['direction', one.direction === 'in' ? 'the partner asked us' : 'we asked the partner'],
      ['module', one.module],
      ['request id', one.requestId],
      ['correlation id', one.correlationId],
      ['took', `${one.durationMs} ms`],
      ['failure', one.failure ?? undefined],
    ]),
    part(`${one.method} ${one.url}`, one.requestHeaders, one.requestBody),
    one.responseHeaders === null
      ? 'No answer.'
      : part(
          `HTTP ${one.httpStatus ?? '-'}, OCPI ${one.ocpiStatus ?? '-'}`,
          one.responseHeaders,
          one.responseBody,
        ),
  ].join('\n\n');

function part(first: string, headers: Record<string, string>, body: string | null): string {
  const head = [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  return body === null ? head.join('\n') : `${head.join('\n')}\n\n${body}`;
}
