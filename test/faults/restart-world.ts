import { OCPI_VERSIONS } from '#ocpi';
import { setTimeout as sleep } from 'node:timers/promises';
import { followReadiness } from '../harness/follow-readiness.js';
import { LoadBalancer } from '../harness/load-balancer.js';
import { type AppProcess } from '../harness/servers.js';
import { type Backing, FaultWorld } from './fault-world.js';
import { underLoad } from './kill-at-random.js';
import { PartnerRequests } from './partner-requests.js';
import { type PromiseResult } from './promise-result.js';

export interface RestartLoad {
  eventsPerSecond: number;
  visitsPerSecond: number;
  requestsPerSecond: number;
}

export interface RestartSize {
  /** Of each app. */
  replicas: number;
  locations: number;
  /** The checkout whose build runs at first; this one by default. */
  root?: string;
}

const PARTNERS = 6;
/** Between "not ready" and the closing of the ports; load balancers look four times meanwhile. */
const SHUTDOWN_DELAY_SECONDS = 1;
const LOOK_EVERY_MS = 250;
const BETWEEN_RESTARTS_MS = 1000;

/** Replicas of both apps behind a load balancer, in use from both sides while they are restarted one by one. */
export class RestartWorld {
  restarts = 0;
  private readonly unclean: string[] = [];
  private readonly asked: PartnerRequests;
  private readonly balancing: NodeJS.Timeout;
  private visits = 0;

  private constructor(
    readonly world: FaultWorld,
    private readonly balancer: LoadBalancer,
  ) {
    this.asked = new PartnerRequests(world.partners);
    this.balancing = setInterval(
      () => void followReadiness(balancer, world.replicas),
      LOOK_EVERY_MS,
    );
  }

  static async start(
    backing: Backing,
    { replicas, locations, root }: RestartSize,
  ): Promise<RestartWorld> {
    const balancer = await LoadBalancer.start();
    try {
      const world = await FaultWorld.start(backing, {
        apis: replicas,
        consumers: replicas,
        partners: Array.from({ length: PARTNERS }, (_, n) => ({
          version: OCPI_VERSIONS[n % OCPI_VERSIONS.length]!,
        })),
        network: { locations, evsesPerLocation: 3 },
        env: {
          OCPI_PUBLIC_URL: balancer.url,
          // As in production: a lease that ends on a crowded machine is no rolling restart.
          OCPI_LEASE_SECONDS: '10',
          OCPI_SHUTDOWN_DELAY_SECONDS: String(SHUTDOWN_DELAY_SECONDS),
        },
        ...(root !== undefined && { root }),
        onReplicas: ({ publicUrls }) => (balancer.upstreams = publicUrls),
      });
      return new RestartWorld(world, balancer);
    } catch (error) {
      await balancer.stop();
      throw error;
    }
  }

  /** Events, visits and requests of partners at their rates until `until` is over; resolves when all is delivered. */
  async underLoad(load: RestartLoad, until: Promise<unknown>): Promise<void> {
    const { csms } = this.world;
    await Promise.all([
      underLoad(load.eventsPerSecond, () => csms.say([csms.nextStatus()]), until),
      underLoad(load.visitsPerSecond, () => this.visit(), until),
      underLoad(load.requestsPerSecond, () => this.asked.one(), until),
    ]);
    await this.world.settled();
  }

  /** A consumer and an API at a time, as two deployments are rolled out side by side: the first `count` of each run the build in `root`. */
  async rollOut({ root, count }: { root?: string; count?: number } = {}): Promise<void> {
    const { apis, consumers } = this.world.replicas;
    await Promise.all(
      [apis, consumers].map(async (apps) => {
        for (const app of apps.slice(0, count)) {
          await sleep(BETWEEN_RESTARTS_MS);
          await this.restart(app, root ?? app.root);
        }
      }),
    );
  }

  /** Nothing may be lost, sent twice or refused, and every process has to end by itself, with 0. */
  async judge(): Promise<Pick<PromiseResult, 'lost' | 'repeated' | 'held' | 'note'>> {
    const { csms, partners, repeated, violations, requests } = this.world;
    const { answered, redone, failures } = this.asked;
    const lostEvents = await this.world.lostEvents();
    const lostTokens = await this.asked.missing(this.world.database);
    const cdrs = partners.flatMap(({ id, cdrPosts }) => cdrPosts.map((cdr) => `${id}/${cdr.id}`));
    const repeatedCdrs = cdrs.length - new Set(cdrs).size;
    const faults = [...this.unclean, ...failures, ...lostTokens, ...violations];
    const named = [...faults.slice(0, 5), ...this.errorLines()].join('; ');
    return {
      lost: lostEvents + lostTokens.length,
      repeated,
      held: lostEvents === 0 && repeated === 0 && repeatedCdrs === 0 && faults.length === 0,
      note:
        `${csms.sent} events, ${lostEvents} lost; ${requests} pushes, ${repeated} repeated; ` +
        `${cdrs.length} CDRs, ${repeatedCdrs} repeated; ${answered} requests of partners, ${redone} asked again as their ` +
        `connection had ended, ${failures.length} failed; ${this.unclean.length} unclean exits; ` +
        `${faults.length} faults${faults.length > 0 ? ` (${named})` : ''}`,
    };
  }

  async stop(): Promise<void> {
    clearInterval(this.balancing);
    await this.world.stop();
    await this.balancer.stop();
  }

  private visit(): Promise<void> {
    const { csms, partners } = this.world;
    this.visits += 1;
    const owner = partners[this.visits % partners.length]!.party;
    return csms.say(csms.visit(`S-${this.visits}`, owner));
  }

  private async restart(app: AppProcess, root: string): Promise<void> {
    const code = await app.stop();
    if (code !== 0) this.unclean.push(`${app.name} ended with ${code}: ${app.logs().slice(-300)}`);
    app.root = root;
    await app.start();
    this.restarts += 1;
  }

  /** What the processes themselves say of what failed. */
  private errorLines(): string[] {
    const { apis, consumers } = this.world.replicas;
    return [...apis, ...consumers].flatMap((app) =>
      app
        .logs()
        .split('\n')
        .filter((line) => line.includes('"level":"error"'))
        .slice(-2)
        .map((line) => `${app.name}: ${line.slice(0, 600)}`),
    );
  }
}
