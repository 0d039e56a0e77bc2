import { type Command } from 'commander';
import { answer, type CliContext, command } from '../context.js';
import { short, table } from '../print.js';
import { instantOf } from '../time-span.js';

interface AuditEntry {
  at: string;
  actor: string;
  sourceAddress: string | null;
  action: string;
  connectionId: string | null;
  subject: string;
  outcome: string;
  reason: string | null;
  details: Record<string, unknown>;
}

interface AuditOptions {
  partner?: string;
  actor?: string;
  action?: string;
  outcome?: string;
  since?: string;
  limit: string;
  json?: boolean;
}

/** `ocpi audit`: who did what, and every handshake. */
export function addAuditCommand(program: Command, context: CliContext): void {
  command(
    program,
    'audit',
    'who did what, and every handshake, newest first',
    'audit --since 1d',
    'audit --partner example-emsp --action handshake',
    'audit --actor alice --outcome refused',
  )
    .option('--partner <id>', 'about this connection alone')
    .option('--actor <actor>', 'by this one alone: a name, partner:<id> or gateway')
    .option('--action <action>', 'an action, or what it begins with')
    .option('--outcome <outcome>', 'done, refused or failed')
    .option('--since <time>', 'an instant, or how long ago: 2026-01-01, 1h, 2d')
    .option('--limit <count>', 'how many at most', '100')
    .action(async (options: AuditOptions) => {
      const { partner, actor, action, outcome, since, limit } = options;
      const query = new URLSearchParams({
        limit,
        ...(partner !== undefined && { connection: partner }),
        ...(actor !== undefined && { actor }),
        ...(action !== undefined && { action }),
        ...(outcome !== undefined && { outcome }),
        ...(since !== undefined && { since: instantOf(since) }),
      });
      const list = await context.api.get<{ entries: AuditEntry[] }>(`audit?${query.toString()}`);
      answer(context, options, list, ({ entries }) =>
        entries.length === 0 ? 'No entries.' : tableOf(entries),
      );
    });
}

const tableOf = (entries: readonly AuditEntry[]): string =>
  table(
    ['AT', 'WHO', 'FROM', 'DID', 'TO', 'OUTCOME', 'WHAT'],
    entries.map((one) => [
      one.at,
      one.actor,
      one.sourceAddress,
      one.action,
      one.subject,
      one.outcome,
      short(one.reason ?? JSON.stringify(one.details), 80),
    ]),
  );
