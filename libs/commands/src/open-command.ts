import { rowsOf, type SqlRunner } from '#change-log';
import { type OutgoingEvent } from '#csms-contract';
import { addCsmsMessages } from '#csms-requests';
import { type CommandKind } from '#database';
import { type OcpiVersion } from '#ocpi';
import { traceparentOf } from '#platform';
import { createHash, randomUUID } from 'node:crypto';
import { type CommandTiming } from './command-timing.js';
import { type CommandOutcome, type StoredCommand } from './kinds/command-kind.js';
import { settleCommands } from './results/settle-commands.js';

/** A request of a partner that passed every check. */
export interface NewCommand {
  kind: CommandKind;
  connectionId: string;
  /** Of the endpoint that was called. */
  version: OcpiVersion;
  /** The hosted party addressed. */
  partyKey: string;
  /** The partner's party that asks. */
  senderKey: string;
  locationKey?: string | undefined;
  evseKey?: string | undefined;
  sessionKey?: string | undefined;
  reservationNumber?: number | undefined;
  driverKey?: string | undefined;
  /** What beside connection, parties and kind makes the same request again a repeat: its target and token (CMD-28). */
  sameAs: readonly unknown[];
  /** The canonical body. */
  body: object;
  /** Where its result goes, byte by byte (CMD-17); undefined for what has no callback. */
  responseUrl?: string | undefined;
  correlationId?: string | undefined;
  timing: CommandTiming;
}

export interface OpenedCommand {
  id: string;
  /** False: the same is open already, acts once, and answers this URL as well (CMD-28). */
  isNew: boolean;
}

const INSERT = `WITH opened AS (
    INSERT INTO command (id, kind, connection_id, version, party_key, sender_key, location_key, evse_key,
        session_key, reservation_number, driver_key, dedupe_key, body, received_at, deadline, traceparent)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (dedupe_key) WHERE outcome IS NULL DO NOTHING RETURNING id
  ), callback AS (
    INSERT INTO command_callback (command_id, response_url, correlation_id, expires_at)
    SELECT id, $17, $18, $19 FROM opened WHERE $17::text IS NOT NULL
  ) SELECT id FROM opened`;

// Locked, so that it cannot be settled before it knows this URL.
const FIND_OPEN = 'SELECT id FROM command WHERE dedupe_key = $1 AND outcome IS NULL FOR UPDATE';

const INSERT_CALLBACK = `INSERT INTO command_callback (command_id, response_url, correlation_id, expires_at)
  VALUES ($1, $2, $3, $4) ON CONFLICT (command_id, response_url, purpose) DO NOTHING`;

/**
 * Opens a command in the caller's transaction: its row, its callback, and what `requestOf` makes of its id for the CSMS,
 * in the outbox. A repeat of one that is open opens none and asks for no request. `requestOf` may write more into the same
 * transaction. After the commit `CommandSignal` is to be notified.
 */
export async function openCommand(
  tx: SqlRunner,
  command: NewCommand,
  requestOf: (id: string) => OutgoingEvent | Promise<OutgoingEvent>,
): Promise<OpenedCommand> {
  const opened = await enter(tx, command);
  if (opened.isNew) {
    const request = await requestOf(opened.id);
    await addCsmsMessages(tx, [{ ...request, partyKey: command.partyKey }]);
  }
  return opened;
}

/** The same for a command whose result is known without the CSMS: it is settled in the same transaction. */
export async function answerCommand(
  tx: SqlRunner,
  command: NewCommand,
  outcome: CommandOutcome,
): Promise<OpenedCommand> {
  const opened = await enter(tx, command);
  if (opened.isNew) {
    const stored = storedCommand(opened.id, command);
    const settled = { command: stored, outcome, finished: undefined };
    await settleCommands(tx, [settled], command.timing.receivedAt);
  }
  return opened;
}

async function enter(tx: SqlRunner, command: NewCommand): Promise<OpenedCommand> {
  const dedupeKey = dedupeKeyOf(command);
  for (;;) {
    const id = randomUUID();
    const { receivedAt, deadline } = command.timing;
    const callback = callbackOf(command);
    const inserted = await rowsOf(tx, INSERT, [
      id,
      command.kind,
      command.connectionId,
      command.version,
      command.partyKey,
      command.senderKey,
      command.locationKey ?? null,
      command.evseKey ?? null,
      command.sessionKey ?? null,
      command.reservationNumber ?? null,
      command.driverKey ?? null,
      dedupeKey,
      JSON.stringify(command.body),
      receivedAt,
      deadline,
      traceparentOf() ?? null,
      ...callback,
    ]);
    if (inserted.length > 0) return { id, isNew: true };
    const [open] = await rowsOf<{ id: string }>(tx, FIND_OPEN, [dedupeKey]);
    if (open) {
      if (command.responseUrl !== undefined)
        await tx.query(INSERT_CALLBACK, [open.id, ...callback]);
      return { id: open.id, isNew: false };
    }
    // It was settled between the two statements: this is not a repeat any more.
  }
}

const callbackOf = ({ responseUrl, correlationId, timing }: NewCommand) => [
  responseUrl ?? null,
  correlationId ?? null,
  timing.expiresAt,
];

const storedCommand = (id: string, command: NewCommand): StoredCommand => ({
  id,
  kind: command.kind,
  connectionId: command.connectionId,
  version: command.version,
  partyKey: command.partyKey,
  senderKey: command.senderKey,
  locationKey: command.locationKey ?? null,
  evseKey: command.evseKey ?? null,
  sessionKey: command.sessionKey ?? null,
  reservationNumber: command.reservationNumber ?? null,
  body: JSON.stringify(command.body),
  receivedAt: command.timing.receivedAt,
});

function dedupeKeyOf({ connectionId, kind, partyKey, senderKey, sameAs }: NewCommand): string {
  const parts = JSON.stringify([connectionId, kind, partyKey, senderKey, sameAs]);
  return createHash('sha256').update(parts).digest('base64url');
}
