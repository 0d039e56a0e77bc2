import { type Session } from '#ocpi';
import { type Place } from '../../../apps/sandbox/src/csms/fleet.js';
import { type SentCommand } from '../../../apps/sandbox/src/partners/command-sender.js';
import { type Wire } from '../../../apps/sandbox/src/partners/emsp-store.js';
import { type CommandTrial, type TrialPartner } from './command-trial.js';

/** A command that got an HTTP answer. */
export interface AnsweredCommand extends SentCommand {
  partner: TrialPartner;
  name: string;
}

interface Planned {
  name: string;
  body: Wire;
}

interface KnownReservation {
  partner: TrialPartner;
  id: string;
}

const RESERVED_MS = 6000;

/** Partners that command at random: start, stop, reserve, cancel, unlock, each with a response_url of its own. */
export class CommandLoad {
  readonly answered: AnsweredCommand[] = [];
  /** Nobody answered, as the process died; or with an error, which has the HTTP status in its text. */
  readonly failures: string[] = [];
  private readonly running = new Map<string, Session>();
  private readonly reservations: KnownReservation[] = [];
  private readonly places: Place[];
  private readonly waiting: (() => void)[] = [];
  private serial = 0;

  constructor(
    private readonly world: CommandTrial,
    private readonly random: () => number,
  ) {
    this.places = world.csms.network.locations.flatMap((location) =>
      (location.evses ?? []).map((evse) => ({ location, evse })),
    );
    world.csms.onStatement(({ content }) => {
      const session = content as Partial<Session>;
      if (session.cdr_token === undefined || session.id === undefined) return;
      if (session.status === 'ACTIVE') this.running.set(session.id, session as Session);
      else this.running.delete(session.id);
    });
  }

  /** Resolves when the next command is on its way. */
  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Sends one command and waits for its HTTP answer. */
  async one(): Promise<void> {
    const partner = this.pick(this.world.partners);
    const { name, body } = this.plan(partner);
    const { emsp } = partner;
    const answer = emsp.commands.command(name, body);
    for (const resolve of this.waiting.splice(0)) resolve();
    try {
      this.answered.push({ ...(await answer), partner, name });
    } catch (error) {
      this.failures.push(
        `${name} ${partner.version}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private plan(partner: TrialPartner): Planned {
    const dice = this.random();
    const planned =
      dice < 0.2
        ? this.stop(partner)
        : dice < 0.35
          ? this.cancel(partner)
          : dice < 0.55
            ? this.reserve(partner)
            : dice < 0.65
              ? this.unlock()
              : undefined;
    return planned ?? this.start(partner);
  }

  private start(partner: TrialPartner): Planned {
    const { location, evse } = this.freePlace();
    if (this.random() < 0.85) this.world.csms.plugIn(evse);
    const isNew = partner.version !== '2.1.1';
    const body = {
      token: this.driver(partner),
      location_id: location.id,
      evse_uid: evse.uid,
      ...(isNew && { connector_id: '1', authorization_reference: `R-${++this.serial}` }),
    };
    return { name: 'START_SESSION', body };
  }

  private stop(partner: TrialPartner): Planned | undefined {
    const { party_id } = partner.emsp.options.party;
    const mine = [...this.running.values()].filter((one) => one.cdr_token.party_id === party_id);
    return mine.length === 0
      ? undefined
      : { name: 'STOP_SESSION', body: { session_id: this.pick(mine).id } };
  }

  private reserve(partner: TrialPartner): Planned {
    const { location, evse } = this.freePlace();
    const id = String(++this.serial);
    this.reservations.push({ partner, id });
    if (this.reservations.length > 60) this.reservations.shift();
    const body = {
      token: this.driver(partner),
      expiry_date: new Date(Date.now() + RESERVED_MS).toISOString(),
      reservation_id: partner.version === '2.1.1' ? Number(id) : id,
      location_id: location.id,
      ...(this.random() < 0.8 && { evse_uid: evse.uid }),
    };
    return { name: 'RESERVE_NOW', body };
  }

  private cancel(partner: TrialPartner): Planned | undefined {
    const at = this.reservations.findIndex((one) => one.partner === partner);
    const [found] = at === -1 ? [] : this.reservations.splice(at, 1);
    if (!found) return undefined;
    const { id } = found;
    return {
      name: 'CANCEL_RESERVATION',
      body: { reservation_id: partner.version === '2.1.1' ? Number(id) : id },
    };
  }

  private unlock(): Planned {
    const { location, evse } = this.freePlace();
    const body = { location_id: location.id, evse_uid: evse.uid, connector_id: '1' };
    return { name: 'UNLOCK_CONNECTOR', body };
  }

  private driver({ cards }: TrialPartner): Wire {
    return this.pick(cards.filter(({ fate }) => fate === 'driver')).wire;
  }

  private freePlace(): Place {
    const free = this.places.filter(({ evse }) => evse.status === 'AVAILABLE');
    return this.pick(free.length > 0 ? free : this.places);
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }
}
