import { appendChanges, plainArray, rowsOf, type SqlRunner } from '#change-log';
import { type Check, checkEvent } from './check-event.js';
import { eventDigest } from './event-digest.js';
import { type EventTransaction, eventTransaction } from './event-handler.js';
import { hostedAmong } from './hosted-parties.js';
import { type EventOutcome, type IncomingEvent, parked, type Verdict } from './incoming-event.js';
import { lockTariffs, type TariffUse } from '../tariffs/tariff-lock.js';
import { type AsideRow, putAside } from './parked-rows.js';

/** An event of a batch with what is known of it before the transaction, so that a halved batch checks nothing twice. */
export interface PreparedEvent {
  incoming: IncomingEvent;
  digest: string;
  check: Check;
  /** Was taken on before and put aside: its id is known, and its row is the caller's business. */
  again?: boolean;
}

export const prepare = (incoming: IncomingEvent): PreparedEvent => ({
  incoming,
  digest: eventDigest(incoming),
  check: checkEvent(incoming),
});

export interface BatchResult {
  outcomes: EventOutcome[];
  hasChanges: boolean;
  /** What the transaction leaves to be done after its commit. */
  after: Pick<EventTransaction, 'released' | 'waiting' | 'counted'>;
}

/** Applies events in order inside the caller's transaction: inbox, handlers, rows put aside, change log. */
export async function applyBatch(
  sql: SqlRunner,
  events: readonly PreparedEvent[],
  now: Date,
  holdSeconds: number,
): Promise<BatchResult> {
  const tx = eventTransaction(sql, now);
  const fresh = await takeOn(sql, events);
  const verdicts = new Map<PreparedEvent, Verdict>();
  const hosted = await hostedAmong(sql, partiesOf(fresh));
  await lockTariffs(sql, tariffUses(fresh));
  for (const run of runsOf([...fresh], hosted, verdicts)) {
    const results = await run.handler.handle(
      tx,
      run.events.map(({ checked }) => checked),
    );
    run.events.forEach(({ event }, index) => {
      verdicts.set(event, results[index] ?? parked('no verdict'));
    });
  }
  await putAside(sql, asideRows(verdicts, now, holdSeconds));
  await appendChanges(sql, tx.changes);
  return {
    outcomes: events.map((event) => outcomeOf(fresh.has(event), verdicts.get(event), event.check)),
    hasChanges: tx.changes.length > 0,
    after: tx,
  };
}

// Sorted, so that two batches with the same ids wait for each other instead of both failing. What comes back is what was
// known, since that is next to nothing.
const REMEMBER = `WITH given AS MATERIALIZED (SELECT d AS digest FROM unnest($1::uuid[]) AS d ORDER BY d),
    taken AS (INSERT INTO inbox (digest) SELECT digest FROM given ON CONFLICT DO NOTHING RETURNING digest)
  SELECT replace(digest::text, '-', '') AS digest FROM given
   WHERE (SELECT count(*) FROM taken) < (SELECT count(*) FROM given)
     AND digest NOT IN (SELECT digest FROM taken)`;

/** Enters digests into the inbox, and returns those that were in it. */
async function remember(sql: SqlRunner, digests: Iterable<string>): Promise<string[]> {
  const list = [...digests];
  if (list.length === 0) return [];
  const rows = await rowsOf<{ digest: string }>(sql, REMEMBER, [plainArray(list)]);
  return rows.map(({ digest }) => digest);
}

/** Remembers the ids of the batch, and returns the events whose id is new. */
async function takeOn(
  sql: SqlRunner,
  events: readonly PreparedEvent[],
): Promise<Set<PreparedEvent>> {
  const first = new Map<string, PreparedEvent>();
  for (const event of events) {
    if (!event.again && !first.has(event.digest)) first.set(event.digest, event);
  }
  for (const repeated of await remember(sql, first.keys())) first.delete(repeated);
  return new Set(
    events.filter((event) => event.again === true || first.get(event.digest) === event),
  );
}

function* partiesOf(events: Iterable<PreparedEvent>): Iterable<string> {
  for (const { check } of events) if (check.ok) yield check.checked.partyKey;
}

/** By party. Who writes in a batch locks so from the start: two that both read could not both come to write. */
function tariffUses(events: Iterable<PreparedEvent>): Map<string, TariffUse> {
  const uses = new Map<string, TariffUse>();
  for (const { check } of events) {
    const use = check.ok ? check.handler.tariffs : undefined;
    if (!check.ok || !use) continue;
    const { partyKey } = check.checked;
    if (uses.get(partyKey) !== 'writes') uses.set(partyKey, use);
  }
  return uses;
}

type Passed = Extract<Check, { ok: true }>;
interface Run {
  handler: Passed['handler'];
  events: { event: PreparedEvent; checked: Passed['checked'] }[];
}

/** Neighbours of one handler share its statements; the order between handlers is that of arrival, where it matters. */
function runsOf(
  events: readonly PreparedEvent[],
  hosted: ReadonlySet<string>,
  verdicts: Map<PreparedEvent, Verdict>,
): Run[] {
  const runs: Run[] = [];
  const goesLater = ({ check }: PreparedEvent): number =>
    check.ok && check.handler.goesFirst === true ? 0 : 1;
  for (const event of events.toSorted((a, b) => goesLater(a) - goesLater(b))) {
    const { check } = event;
    if (!check.ok) {
      verdicts.set(event, parked(check.reason));
    } else if (!hosted.has(check.checked.partyKey)) {
      verdicts.set(event, parked(`${check.checked.partyKey} is not a party of this gateway`));
    } else {
      const last = runs.at(-1);
      const entry = { event, checked: check.checked };
      if (last?.handler === check.handler) last.events.push(entry);
      else runs.push({ handler: check.handler, events: [entry] });
    }
  }
  return runs;
}

function* asideRows(
  verdicts: ReadonlyMap<PreparedEvent, Verdict>,
  now: Date,
  holdSeconds: number,
): Iterable<AsideRow> {
  for (const [{ incoming, again }, verdict] of verdicts) {
    if (again) continue;
    if (verdict.outcome === 'held') {
      const expiresAt = new Date(now.getTime() + holdSeconds * 1000);
      yield { ...verdict, incoming, state: 'held', expiresAt };
    } else if (verdict.outcome === 'parked') {
      yield { ...verdict, incoming, state: 'parked', parentKey: null, expiresAt: null };
    }
  }
}

function outcomeOf(isFresh: boolean, verdict: Verdict | undefined, check: Check): EventOutcome {
  if (!isFresh || !verdict) return { outcome: 'duplicate' };
  if (verdict.outcome === 'applied' && check.ok) {
    const warnings = [...check.warnings, ...(verdict.warnings ?? [])];
    return { outcome: 'applied', ...(warnings.length > 0 && { warnings }) };
  }
  return 'reason' in verdict
    ? { outcome: verdict.outcome, reason: verdict.reason }
    : { outcome: verdict.outcome };
}
