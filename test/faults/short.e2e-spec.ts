import { jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { describeKafka, kafkaBrokers, uniqueTopicPrefix } from '../harness/kafka.js';
import { type Backing } from './fault-world.js';
import { killUnderLoad } from './p1-committed-events.js';
import { restartsOneByOne } from './p11-rolling-restart.js';
import { crawlsDuringWrites } from './p12-crawl-during-writes.js';
import { newestStateAfterTrouble } from './p2-newest-state.js';
import { oneInFlightPerObject } from './p3-one-in-flight.js';
import { backlogBoundedByObjects } from './p4-bounded-backlog.js';
import { cdrsAreDeliveredOnce } from './p7-cdr-once.js';
import { oneOutcomeEach } from './p8-one-outcome.js';
import { type PromiseResult } from './promise-result.js';

/** Against hanging only. */
jest.setTimeout(240000);

/** The promises in short: losses are counted, clocks are not. `npm run faults` is the long form. */
describeKafka('promises under kill -9, in short', () => {
  let database: TestDatabase;
  const backing = (): Backing => ({
    databaseUrl: database.url,
    brokers: kafkaBrokers(),
    topicPrefix: uniqueTopicPrefix(),
  });
  beforeEach(async () => void (database = await createTestDatabase()));
  afterEach(() => database.drop());

  /** Shows the note of what broke, instead of `false`. */
  const heldOf = ({ held, note }: PromiseResult): string => (held ? 'held' : note);

  it('P1: no event is lost when random processes are killed', async () => {
    const plan = {
      kills: 3,
      minEvents: 300,
      turnsPerSecond: 30,
      partners: 3,
      consumers: 2,
      apis: 1,
    };
    expect(heldOf(await killUnderLoad(backing(), plan))).toBe('held');
  });

  it('P2: partners that failed end on the newest state, by push as by pull', async () => {
    const plan = { kills: 1, updates: 300, perSecond: 40, consumers: 1, seed: 5 };
    expect(heldOf(await newestStateAfterTrouble(backing(), plan))).toBe('held');
  });

  it('P3: one request in flight per object, and stamps never go back, over two replicas', async () => {
    const plan = { kills: 1, freezes: 0, perSecond: 40, consumers: 2 };
    expect(heldOf(await oneInFlightPerObject(backing(), plan))).toBe('held');
  });

  it('LOC-26, TRN-66: a partner that was away gets each changed object once, in its newest state', async () => {
    const plan = { locations: 10, evsesPerLocation: 2, changes: 3000 };
    expect(heldOf(await backlogBoundedByObjects(backing(), plan))).toBe('held');
  });

  it('TRN-68: a CDR is owed until acknowledged, and not sent again after its receipt', async () => {
    expect(heldOf(await cdrsAreDeliveredOnce(backing(), { kills: 1, cdrsPerKill: 6 }))).toBe(
      'held',
    );
  });

  it('P8: a command has one outcome, told once, when random processes are killed and the CSMS goes wrong', async () => {
    const load = { commandsPerSecond: 8, authorizationsPerSecond: 4, commandTimeoutSeconds: 4 };
    expect(heldOf(await oneOutcomeEach(backing(), { kills: 4, seed: 3, ...load }))).toBe('held');
  });

  it('P11: a rolling restart loses nothing, repeats nothing and leaves no request of a partner without an answer', async () => {
    const load = { eventsPerSecond: 20, visitsPerSecond: 2, requestsPerSecond: 15 };
    expect(heldOf(await restartsOneByOne(backing(), { replicas: 2, rounds: 1, ...load }))).toBe(
      'held',
    );
  });

  it('TRN-25: a crawl during writes sees what existed throughout exactly once', async () => {
    expect(heldOf(await crawlsDuringWrites(backing(), { crawls: 12, writesPerSecond: 40 }))).toBe(
      'held',
    );
  });
});
