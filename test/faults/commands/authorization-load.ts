import { CardReader, type Reading } from '../../../apps/sandbox/src/csms/card-reader.js';
import { type Place } from '../../../apps/sandbox/src/csms/fleet.js';
import { OPERATOR } from '../load-csms.js';
import { type CommandTrial } from './command-trial.js';
import { isAdmittedUnasked, type TrialCard, verdictFor } from './trial-cards.js';

/** How long a charger that asks by HTTP waits. */
const HTTP_LIMIT_MS = 3000;
/** A timer that fires late is not an answer that came late. */
const TIMER_MS = 250;
/** Without an answer it is the trial's own timer that ended the wait, in a process as crowded as the machine. */
const OWN_TIMER_MS = 1000;
/** A question left by a process that was killed may be taken over with too little time for asking a partner. */
const NO_TIME_MS = 500;

/** Cards shown at stations meanwhile, asked for by HTTP and by Kafka; and what was wrong with the answers. */
export class AuthorizationLoad {
  readonly overHttp = { asked: 0, unanswered: 0, tookMs: [] as number[] };
  readonly overKafka = { asked: 0, unanswered: 0 };
  /** Real-time cards decided without their partner, as the question came too late to ask it. */
  outOfTime = 0;
  /** Wrong verdicts, drivers let in or sent away against them, answers that came too late. */
  readonly wrong: string[] = [];
  private readonly cards: TrialCard[];
  private readonly places: Place[];
  private readonly httpReader: CardReader;

  constructor(
    private readonly world: CommandTrial,
    private readonly random: () => number,
  ) {
    const { csms, partners, byHttp } = world;
    this.cards = partners.flatMap(({ cards }) => cards).filter(({ fate }) => fate !== 'driver');
    this.places = csms.network.locations.flatMap((location) =>
      (location.evses ?? []).map((evse) => ({ location, evse })),
    );
    this.httpReader = new CardReader({
      party: OPERATOR,
      authorizer: byHttp,
      tokens: csms.tokens,
      patienceMs: HTTP_LIMIT_MS,
    });
    for (const { emsp, cards } of partners) {
      for (const { uid } of cards.filter(({ fate }) => fate === 'real-time')) {
        emsp.tokenDesk.set(uid, { allowed: 'ALLOWED', delayMs: 50 });
      }
    }
  }

  async http(): Promise<void> {
    const card = this.pick(this.cards);
    const reading = await this.httpReader.read(card.uid, this.pick(this.places));
    this.overHttp.asked += 1;
    if (!reading.verdict) this.overHttp.unanswered += 1;
    this.overHttp.tookMs.push(reading.tookMs);
    this.judge('HTTP', card, reading, HTTP_LIMIT_MS);
  }

  async kafka(): Promise<void> {
    const card = this.pick(this.cards);
    const free = this.places.filter(({ evse }) => evse.status === 'AVAILABLE');
    const reading = await this.world.csms.presentCard(card.uid, this.pick(free));
    this.overKafka.asked += 1;
    if (!reading.verdict) this.overKafka.unanswered += 1;
    this.judge('Kafka', card, reading, this.world.options.patienceMs);
  }

  /** Over HTTP as over Kafka: the right verdict, obeyed; without one in time the rule of the contract. */
  private judge(way: string, { uid, fate }: TrialCard, reading: Reading, limitMs: number): void {
    const { verdict, admitted, tookMs } = reading;
    const told = `${way} ${uid}: ${verdict?.allowed ?? 'none'} by ${verdict?.decided_by ?? 'nobody'} in ${tookMs} ms`;
    const isOffline = verdict?.decided_by === 'OFFLINE' && tookMs > limitMs - NO_TIME_MS;
    if (isOffline && fate === 'real-time') this.outOfTime += 1;
    else if (verdict && verdict.allowed !== verdictFor(fate)) this.wrong.push(told);
    const mayCharge = verdict ? verdict.allowed === 'ALLOWED' : isAdmittedUnasked(fate);
    if (mayCharge !== (admitted !== undefined)) this.wrong.push(`${told}, against the contract`);
    const slackMs = verdict ? TIMER_MS : OWN_TIMER_MS;
    if (tookMs > limitMs + slackMs) this.wrong.push(`${told}, too late`);
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }
}
