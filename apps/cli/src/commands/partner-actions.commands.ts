import { type Command } from 'commander';
import { at } from '../admin-api.js';
import { type ConnectionDetails, connectionFacts } from '../connection.js';
import { answer, type CliContext, command } from '../context.js';

type Done = (connection: ConnectionDetails) => string;

/** What is done with a partner: handshake, pause, resync, rotate and so on. */
export function addPartnerActions(partner: Command, context: CliContext): void {
  const act = async (
    id: string,
    action: string,
    body: object,
    options: { json?: boolean },
    done: Done,
  ) => {
    const path = at('connections', id, action);
    const details = await context.api.call<ConnectionDetails>('POST', path, body);
    answer(context, options, details, done);
  };

  command(
    partner,
    'handshake <id>',
    'register with the partner as the initiator; a second try needs no options',
    'partner handshake example-emsp --url https://emsp.example/ocpi/versions --token-a <their token A>',
  )
    .option('--url <url>', "the partner's versions URL")
    .option('--token-a <token>', 'the token A that it gave us')
    .action(async (id: string, options: { url?: string; tokenA?: string; json?: boolean }) => {
      const { url, tokenA } = options;
      const body = {
        ...(url !== undefined && { versionsUrl: url }),
        ...(tokenA !== undefined && { tokenA }),
      };
      await act(id, 'handshake', body, options, connectionFacts);
    });

  command(
    partner,
    'pause <id>',
    'no pushes and no pulls until resumed; it may still call us',
    'partner pause example-emsp',
  ).action((id: string, options: { json?: boolean }) =>
    act(id, 'pause', {}, options, () => `${id} is paused.`),
  );

  command(
    partner,
    'resume <id>',
    'go on after a pause, or after it rejected our token',
    'partner resume example-emsp',
  ).action((id: string, options: { json?: boolean }) =>
    act(
      id,
      'resume',
      {},
      options,
      ({ feed }) => `${id} goes on; ${feed.lagChanges} changes to look at.`,
    ),
  );

  command(
    partner,
    'resync <id>',
    'send everything it may see, in its current state',
    'partner resync example-emsp',
  ).action((id: string, options: { json?: boolean }) =>
    act(
      id,
      'resync',
      {},
      options,
      () => `${id} gets everything anew; \`partner show ${id}\` tells how far it is.`,
    ),
  );

  command(
    partner,
    'rotate <id>',
    'new tokens for both sides, endpoints read anew',
    'partner rotate example-emsp',
    'partner rotate example-emsp --newest',
  )
    .option('--newest', 'also move to the highest version that both speak')
    .action((id: string, options: { newest?: boolean; json?: boolean }) =>
      act(
        id,
        'rotate',
        { version: options.newest === true ? 'newest' : 'same' },
        options,
        ({ version }) => `${id} has new tokens, on OCPI ${version ?? '-'}.`,
      ),
    );

  command(
    partner,
    'unregister <id>',
    'end the relationship: both tokens die',
    'partner unregister example-emsp',
    'partner unregister example-emsp --force',
  )
    .option('--force', 'end our side even if the partner cannot be told')
    .action((id: string, options: { force?: boolean; json?: boolean }) =>
      act(
        id,
        'unregister',
        { force: options.force === true },
        options,
        () => `${id} is unregistered.`,
      ),
    );

  command(
    partner,
    'pull-tokens <id>',
    "pull the partner's tokens now",
    'partner pull-tokens example-emsp',
    'partner pull-tokens example-emsp --full',
  )
    .option('--full', 'all of them, not just what changed')
    .action((id: string, options: { full?: boolean; json?: boolean }) =>
      act(
        id,
        'pull-tokens',
        { full: options.full === true },
        options,
        () =>
          `The tokens of ${id} are pulled within seconds; \`partner show ${id}\` tells the outcome.`,
      ),
    );
}
