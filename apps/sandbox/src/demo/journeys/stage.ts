import { setTimeout as sleep } from 'node:timers/promises';
import { foldId, partyKey } from '#ocpi';
import { cdrIdOf } from '../../csms/charging-session.js';
import { type Place } from '../../csms/fleet.js';
import { type VirtualCsms } from '../../csms/virtual-csms.js';
import { type SentCommand } from '../../partners/command-sender.js';
import { type Wire } from '../../partners/emsp-store.js';
import { type VirtualEmsp } from '../../partners/virtual-emsp.js';
import { type Expectations } from '../expectations.js';

/** Where a journey takes place: one partner's driver at one EVSE. */
export class Stage {
  /** What was measured, for the result line. */
  figures = '';

  constructor(
    readonly csms: VirtualCsms,
    readonly emsp: VirtualEmsp,
    readonly place: Place,
    readonly expectations: Expectations,
    /** How long cars charge before somebody ends it. */
    private readonly lingerMs = 0,
  ) {}

  get name(): string {
    const { name, version, party } = this.emsp.options;
    return `${name} (${version}, ${partyKey(party)})`;
  }

  /** The driver's token as this partner writes it. */
  get token(): Wire {
    const [token] = this.emsp.options.tokens;
    if (!token) throw new Error(`${this.name} has no driver`);
    return token;
  }

  linger(): Promise<void> {
    return sleep(this.lingerMs);
  }

  expect(what: string, met: () => boolean): Promise<boolean> {
    return this.expectations.expect(`${this.name}: ${what}`, met);
  }

  /** The gateway took it on, and the result at the response_url is this one. */
  async expectResult({ id, what, answer }: SentCommand, result = 'ACCEPTED'): Promise<boolean> {
    this.expectations.check(
      `${this.name}: ${what} was answered ${String(answer.result)}`,
      answer.result === 'ACCEPTED',
    );
    const arrived = await this.expect(`the result of ${what}`, () => this.resultsOf(id).length > 0);
    const [first] = this.resultsOf(id);
    this.expectations.check(
      `${this.name}: the result of ${what} is ${String(first)} instead of ${result}`,
      !arrived || first === result,
    );
    return arrived && first === result;
  }

  session(sessionId: string): Wire | undefined {
    const { country_code, party_id } = this.csms.network.party;
    return this.emsp.store.get('sessions', [country_code, party_id, sessionId]);
  }

  expectSession(sessionId: string, status: string): Promise<boolean> {
    return this.expect(
      `session ${sessionId} ${status}`,
      () => this.session(sessionId)?.status === status,
    );
  }

  /** The session is over at the partner too, and its CDR there. */
  async expectEnd(sessionId: string): Promise<void> {
    await this.expectSession(sessionId, 'COMPLETED');
    await this.expect(`CDR of ${sessionId}`, () =>
      this.emsp.store.cdrs.has(foldId(cdrIdOf(sessionId))),
    );
  }

  /** The id of the session that begins at this EVSE; undefined when none does. */
  async sessionHere(): Promise<string | undefined> {
    const { fleet } = this.csms;
    await this.expect('a car that charges', () => fleet.visitAt(this.place.evse) !== undefined);
    return fleet.visitAt(this.place.evse)?.plan.id;
  }

  private resultsOf(id: string): unknown[] {
    return this.emsp.commands.resultsOf(id).map(({ body }) => body.result);
  }
}
