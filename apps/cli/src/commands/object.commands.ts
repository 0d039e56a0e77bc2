import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { answer, type CliContext, command } from '../context.js';
import { type Exchange, exchangeFacts, statusOf } from '../exchange.js';
import { ago, short, table } from '../print.js';

interface Delivery {
  connectionId: string;
  version: string | null;
  state: string;
  reason?: string;
  parkedId?: number;
  receipt?: { attempts: number; locationUrl: string | null; updatedAt: string };
  lastExchange?: Exchange;
}

interface Deliveries {
  kind: string;
  name: string;
  lastUpdated: string;
  tokenParty?: string;
  deliveries: Delivery[];
}

interface Sight {
  version: string | null;
  shown: boolean;
  reason?: string;
  object?: object;
}

/** `ocpi where` and `ocpi view`: where an object is, and what a partner sees of it. */
export function addObjectCommands(program: Command, context: CliContext): void {
  command(
    program,
    'where <kind> <party> <id>',
    'where is my CDR? The state of a location, tariff, session or cdr at every partner',
    'where cdr "NL*EVC" CDR-1',
    'where location "NL*EVC" LOC1 --exchanges',
  )
    .option('--exchanges', 'also the last request and answer of each partner')
    .action(async (kind: string, party: string, id: string, options: WhereOptions) => {
      const path = at('objects', kind, party, id, 'deliveries');
      const found = await context.api.get<Deliveries>(path);
      answer(context, options, found, (one) => whereText(one, options.exchanges === true));
    });

  command(
    program,
    'view <partner> <kind> <party> <id>',
    'what does this partner see? The object as rendered for it now',
    'view example-emsp location "NL*EVC" LOC1',
  ).action(
    async (
      partner: string,
      kind: string,
      party: string,
      id: string,
      options: { json?: boolean },
    ) => {
      const path = at('connections', partner, 'view', kind, party, id);
      const sight = await context.api.get<Sight>(path);
      answer(context, options, sight, ({ shown, reason, version, object }) =>
        shown
          ? JSON.stringify(object, null, 2)
          : `${partner} does not see it: ${reason ?? ''}${version === null ? '' : ` (OCPI ${version})`}`,
      );
    },
  );
}

interface WhereOptions {
  exchanges?: boolean;
  json?: boolean;
}

function whereText(found: Deliveries, withExchanges: boolean): string {
  const owner = found.tokenParty === undefined ? '' : `, token of ${found.tokenParty}`;
  const rows = table(
    ['PARTNER', 'VERSION', 'STATE', 'LAST ANSWER', 'WHEN', 'NOTE'],
    found.deliveries.map((one) => [
      one.connectionId,
      one.version,
      one.state,
      one.lastExchange && statusOf(one.lastExchange),
      ago(one.lastExchange?.at),
      noteOf(one),
    ]),
  );
  const exchanges = withExchanges
    ? found.deliveries.flatMap((one) =>
        one.lastExchange ? ['', one.connectionId, exchangeFacts(one.lastExchange)] : [],
      )
    : [];
  const head = `${found.kind} ${found.name}, last updated ${found.lastUpdated}${owner}`;
  return [head, '', rows, ...exchanges].join('\n');
}

function noteOf({ reason, parkedId, receipt }: Delivery): string {
  const notes = [
    ...(reason === undefined ? [] : [short(reason, 80)]),
    ...(parkedId === undefined ? [] : [`parked ${parkedId}`]),
    ...(receipt?.locationUrl == null ? [] : [receipt.locationUrl]),
  ];
  return notes.join('; ');
}
