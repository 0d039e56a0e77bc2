import type pg from 'pg';
import { eventually } from '../../harness/wait-for.js';
import { type AnsweredCommand, type CommandLoad } from './command-load.js';
import { type CommandTrial } from './command-trial.js';
import { type SeenRequest } from './wild-csms.js';

/** What is recorded of one `response_url`. */
interface Recorded {
  commandId: string;
  outcome: string | null;
  state: string;
  body: string | null;
  /** The end of the reservation that it asked for, where the CSMS cancelled that: told by a second POST (CMD-66). */
  ending: string | null;
}

/** Counts of what P8 forbids, with words for the first of each; and of what came of everything. */
export interface CommandJudgement {
  lost: string[];
  repeated: string[];
  /** Told what is not recorded, refused yet told, acted on twice, late or out of nowhere. */
  wrong: string[];
  outcomes: Map<string, number>;
  callbacks: Map<string, number>;
  /** Not told, and recorded as unknown: killed between marking and sending. */
  untold: number;
  /** Requests that the CSMS was given more than once. */
  givenTwice: number;
}

/** Resolves when no command is open and no callback on its way. */
export async function allAtRest(database: pg.Pool, timeoutMs = 60_000): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await database.query<{ open: number; owed: number }>(
        `SELECT (SELECT count(*)::int FROM command WHERE outcome IS NULL) AS open,
                (SELECT count(*)::int FROM command_callback WHERE state IN ('waiting', 'due', 'sending')) AS owed`,
      );
      const left = rows[0];
      if (left?.open !== 0 || left.owed !== 0) throw new Error(`at rest: ${JSON.stringify(left)}`);
    },
    { timeoutMs, intervalMs: 200 },
  );
}

/** Holds what partners were told and what the CSMS did against what is recorded. */
export async function judgeCommands(
  world: CommandTrial,
  load: CommandLoad,
  seen: ReadonlyMap<string, SeenRequest>,
): Promise<CommandJudgement> {
  const judgement: CommandJudgement = {
    lost: [],
    repeated: [],
    wrong: [],
    outcomes: new Map(),
    callbacks: new Map(),
    untold: 0,
    givenTwice: 0,
  };
  const recorded = await recordedByUrl(world.database);
  for (const command of load.answered) judgeAnswered(command, recorded, judgement);
  judgeUrls(world, recorded, judgement);
  await judgeCsms(world, seen, judgement);
  return judgement;
}

async function recordedByUrl(database: pg.Pool): Promise<Map<string, Recorded>> {
  const { rows } = await database.query<Recorded & { url: string }>(
    `SELECT b.response_url AS url, b.command_id AS "commandId", b.state, b.body, c.outcome, e.body AS ending
       FROM command_callback b LEFT JOIN command c ON c.id = b.command_id
       LEFT JOIN command_callback e ON e.command_id = b.command_id AND e.response_url = b.response_url
        AND e.purpose = 'cancellation'
      WHERE b.purpose = 'result'`,
  );
  const byUrl = new Map(rows.map((row) => [urlId(row.url), row]));
  if (byUrl.size !== rows.length) throw new Error('a response_url is recorded more than once');
  return byUrl;
}

const urlId = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** ACCEPTED is a promise of exactly one outcome; any other answer of none (CMD-14). */
function judgeAnswered(
  { id, name, answer, partner }: AnsweredCommand,
  recorded: ReadonlyMap<string, Recorded>,
  { lost, wrong }: CommandJudgement,
): void {
  const told = `${name} ${partner.version} ${id}`;
  const row = recorded.get(id);
  if (answer.result !== 'ACCEPTED') {
    if (row) wrong.push(`${told} was answered ${String(answer.result)}, and is recorded`);
    return;
  }
  if (!row) lost.push(`${told} was accepted, and is not recorded`);
  else if (row.outcome === null) lost.push(`${told} was accepted, and has no outcome`);
}

/** Every URL, also of commands whose HTTP answer was lost: told once, what is recorded, or recorded as unknown. */
function judgeUrls(
  { partners }: CommandTrial,
  recorded: ReadonlyMap<string, Recorded>,
  judgement: CommandJudgement,
): void {
  const arrivals = new Map<string, string[]>();
  for (const { id, body } of partners.flatMap(({ emsp }) => emsp.commands.results)) {
    arrivals.set(id, [...(arrivals.get(id) ?? []), JSON.stringify(body)]);
  }
  for (const [id, bodies] of arrivals) {
    const { body, state, ending } = recorded.get(id) ?? {};
    const [, second, ...more] = bodies;
    if (more.length > 0 || (second !== undefined && second !== ending)) {
      judgement.repeated.push(`${id} was told ${bodies.join(' and ')}`);
    }
    if (body !== bodies[0] || state === 'failed' || state === 'refused') {
      judgement.wrong.push(
        `${id} was told ${bodies[0] ?? ''}, recorded is ${state ?? 'nothing'} ${body ?? ''}`,
      );
    }
  }
  for (const [id, { state, outcome }] of recorded) {
    count(judgement.callbacks, state);
    count(judgement.outcomes, outcome ?? 'none');
    if (arrivals.has(id)) continue;
    if (state === 'unknown') judgement.untold += 1;
    else judgement.lost.push(`${id} was not told, recorded is ${state}`);
  }
}

/** Acted on once at most, in time, on what is recorded; and what was told as done was done. */
async function judgeCsms(
  { csms, database }: CommandTrial,
  seen: ReadonlyMap<string, SeenRequest>,
  judgement: CommandJudgement,
): Promise<void> {
  const { wrong } = judgement;
  const { rows } = await database.query<{ id: string; kind: string; outcome: string }>(
    'SELECT id, kind, outcome FROM command',
  );
  const known = new Set(rows.map(({ id }) => id));
  for (const [id, { deadline, times }] of seen) {
    if (times > 1) judgement.givenTwice += 1;
    if (!known.has(id)) wrong.push(`${id} was requested, and is not recorded`);
    const acted = csms.actedOn.get(id) ?? 0;
    if (acted > 1) wrong.push(`${id} was acted on ${acted} times`);
    const at = csms.actedAt.get(id);
    if (at && at > deadline) wrong.push(`${id} was acted on after its deadline`);
  }
  for (const { id, kind, outcome } of rows) {
    if (outcome === 'ACCEPTED' && !csms.actedOn.has(id)) {
      wrong.push(`${kind} ${id} is ACCEPTED, and nobody acted on it`);
    }
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
