import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { answer, type CliContext, command } from '../context.js';
import { table } from '../print.js';

interface Card {
  uid: string;
  statements: {
    party: string;
    connectionId: string;
    type: string;
    valid: boolean;
    whitelist: string;
    contractId: string;
    lastUpdated: string;
    counts: boolean;
  }[];
}

/** `ocpi card`: whose card is this? */
export function addCardCommand(program: Command, context: CliContext): void {
  command(
    program,
    'card <uid>',
    'whose card is this? What each partner states of it; the first counts',
    'card 04A1B2C3D4E5F6',
  )
    .option('--type <type>', 'RFID, APP_USER, …; all of them by default')
    .action(async (uid: string, options: { type?: string; json?: boolean }) => {
      const query = options.type === undefined ? '' : `?type=${encodeURIComponent(options.type)}`;
      const card = await context.api.get<Card>(`${at('cards', uid)}${query}`);
      answer(context, options, card, ({ statements }) =>
        table(
          ['OWNER', 'PARTNER', 'TYPE', 'VALID', 'WHITELIST', 'CONTRACT', 'LAST UPDATED', 'COUNTS'],
          statements.map((one) => [
            one.party,
            one.connectionId,
            one.type,
            one.valid ? 'yes' : 'no',
            one.whitelist,
            one.contractId,
            one.lastUpdated,
            one.counts ? 'yes' : 'no',
          ]),
        ),
      );
    });
}
