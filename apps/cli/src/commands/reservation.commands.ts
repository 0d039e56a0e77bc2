import { type Command } from 'commander';
import { answer, type CliContext, command } from '../context.js';
import { table, until } from '../print.js';

interface Reservation {
  number: number;
  connectionId: string;
  sender: string;
  reservation: string;
  location: string;
  evse: string | null;
  session: string;
  state: string;
  expiryDate: string;
}

/** `ocpi reservation …`: what partners' drivers have reserved. */
export function addReservationCommands(program: Command, context: CliContext): void {
  const reservations = program.command('reservation').description("partners' reservations");

  command(
    reservations,
    'list',
    'newest first',
    'reservation list',
    'reservation list --partner example-emsp --state active',
  )
    .option('--partner <id>', 'of this connection alone')
    .option('--state <state>', 'pending, active, used, expired, cancelled, removed or refused')
    .option('--limit <count>', 'how many at most', '100')
    .action(
      async (options: { partner?: string; state?: string; limit: string; json?: boolean }) => {
        const query = new URLSearchParams({
          limit: options.limit,
          ...(options.partner !== undefined && { connection: options.partner }),
          ...(options.state !== undefined && { state: options.state }),
        });
        const list = await context.api.get<{ reservations: Reservation[] }>(
          `reservations?${query.toString()}`,
        );
        answer(context, options, list, ({ reservations: found }) =>
          found.length === 0
            ? 'No reservations.'
            : table(
                ['NUMBER', 'PARTNER', 'THEIR ID', 'LOCATION', 'EVSE', 'SESSION', 'STATE', 'ENDS'],
                found.map((one) => [
                  one.number,
                  one.connectionId,
                  one.reservation,
                  one.location,
                  one.evse,
                  one.session,
                  one.state,
                  until(one.expiryDate),
                ]),
              ),
        );
      },
    );
}
