import { setTimeout as sleep } from 'node:timers/promises';
import { type AppProcess } from '../harness/servers.js';
import { AuthorizationLoad } from './commands/authorization-load.js';
import { CommandLoad } from './commands/command-load.js';
import { CommandTrial } from './commands/command-trial.js';
import { allAtRest, type CommandJudgement, judgeCommands } from './commands/judge-commands.js';
import { goWild } from './commands/wild-csms.js';
import { type Backing } from './fault-world.js';
import { quantile, seededRandom } from './figures.js';
import { underLoad } from './kill-at-random.js';
import { type FaultTest, type PromiseResult } from './promise-result.js';

export interface CommandPlan {
  kills: number;
  commandsPerSecond: number;
  authorizationsPerSecond: number;
  commandTimeoutSeconds: number;
  seed: number;
  /** The HTTP answer at p99; left out where the machine is not this test's own. */
  answerWithinMs?: number;
}

/** Time for a second result, which must not come. */
const SILENCE_MS = 2000;

/**
 * P8: partners of every version command a CSMS that is slow, silent, late, double or contradictory while random processes are
 * killed, one of each app at a time. Each accepted command ends in one outcome, told at most once; untold only where it is recorded as unknown. Cards are
 * shown meanwhile: a question over HTTP is answered as long as one replica lives, one over Kafka by its deadline or by
 * the rule of the contract.
 */
export async function oneOutcomeEach(backing: Backing, plan: CommandPlan): Promise<PromiseResult> {
  const random = seededRandom(plan.seed);
  const { commandTimeoutSeconds } = plan;
  const options = { replicas: 2, commandTimeoutSeconds, patienceMs: 4000 };
  const world = await CommandTrial.start(backing, options);
  try {
    const seen = goWild(world.csms, random, commandTimeoutSeconds * 1000);
    const commands = new CommandLoad(world, random);
    const authorizations = new AuthorizationLoad(world, random);
    const perBinding = plan.authorizationsPerSecond / 2;
    const { apis, consumers } = world.replicas;
    const ofApis = Math.floor(plan.kills / 2);
    const killing = Promise.all([
      killInFlight(apis, commands, ofApis, random),
      killInFlight(consumers, commands, plan.kills - ofApis, random),
    ]);
    await Promise.all([
      underLoad(plan.commandsPerSecond, () => commands.one(), killing),
      underLoad(perBinding, () => authorizations.http(), killing),
      underLoad(perBinding, () => authorizations.kafka(), killing),
    ]);
    const stuck = await allAtRest(world.database).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    await sleep(SILENCE_MS);
    const judgement = await judgeCommands(world, commands, seen);
    if (stuck !== undefined) judgement.lost.push(stuck);
    return resultOf(plan, commands, authorizations, judgement);
  } finally {
    await world.stop();
  }
}

/** A random replica each time, at a random moment of a command; the next one only when the last is ready again. */
async function killInFlight(
  replicas: readonly AppProcess[],
  commands: CommandLoad,
  kills: number,
  random: () => number,
): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    const victim = replicas[Math.floor(random() * replicas.length)]!;
    await commands.next();
    await sleep(random() * 500);
    await victim.kill();
    await victim.start();
  }
}

function resultOf(
  plan: CommandPlan,
  { answered, failures }: CommandLoad,
  { overHttp, overKafka, outOfTime, wrong: wrongVerdicts }: AuthorizationLoad,
  judgement: CommandJudgement,
): PromiseResult {
  const tookMs = answered.map(({ sentAt, answeredAt }) => answeredAt.getTime() - sentAt.getTime());
  const p99 = quantile(tookMs, 0.99);
  const isSlow = plan.answerWithinMs !== undefined && p99 > plan.answerWithinMs;
  const lost = judgement.lost.length + overHttp.unanswered;
  const refused = failures.filter((failure) => failure.includes('→ HTTP'));
  const { repeated, wrong } = judgement;
  const faults = [...judgement.lost, ...repeated, ...wrong, ...wrongVerdicts, ...refused];
  const accepted = answered.filter(({ answer }) => answer.result === 'ACCEPTED').length;
  return {
    promise: 'P8',
    tries: plan.kills,
    lost,
    repeated: repeated.length,
    held: lost === 0 && faults.length === 0 && !isSlow,
    note:
      `${plan.kills} kills, ${answered.length} commands answered in ${p99} ms at p99, ` +
      `${Math.max(...tookMs)} at most, ${failures.length} not${first(failures, 1)}; ${accepted} accepted; ` +
      `outcomes: ${list(judgement.outcomes)}; callbacks: ${list(judgement.callbacks)}, ${judgement.untold} of them not sent; ` +
      `${judgement.givenTwice} requests given twice, none acted on twice unless said; ` +
      `authorizations: ${overHttp.asked} over HTTP in ${quantile(overHttp.tookMs, 0.99)} ms at p99, ${overHttp.unanswered} unanswered, ` +
      `${overKafka.asked} over Kafka, ${overKafka.unanswered} unanswered by their deadline and decided by the contract, ` +
      `${outOfTime} too late to ask the partner` +
      (faults.length > 0 ? `; ${faults.length} faults${first(faults, 8)}` : ''),
  };
}

const list = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'none';

const first = (texts: readonly string[], most: number): string =>
  texts.length === 0 ? '' : ` (${texts.slice(0, most).join('; ')})`;

export const p8: FaultTest = {
  id: 'P8',
  title: 'a command is answered at once and has exactly one outcome, told at most once',
  run: async (servers) =>
    oneOutcomeEach(await servers.fresh(), {
      kills: 200,
      commandsPerSecond: 10,
      authorizationsPerSecond: 6,
      commandTimeoutSeconds: 8,
      seed: 8,
      answerWithinMs: 500,
    }),
};
