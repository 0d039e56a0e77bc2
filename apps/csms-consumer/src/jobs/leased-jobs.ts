import { takeLease } from '#database';
import { createLogger } from '#platform';
import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';

export interface LeasedJob {
  name: string;
  everyMs: number;
  /** `lastDone`: when some replica last did it. */
  run(lastDone: Date | undefined): Promise<void>;
}

/** Does jobs that one replica at a time may do, each at its own pace. */
export class LeasedJobs {
  private readonly log = createLogger('jobs');
  private readonly owner = randomUUID();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private isStopped = false;

  constructor(private readonly dataSource: DataSource) {}

  start(jobs: readonly LeasedJob[]): void {
    for (const job of jobs) this.schedule(job);
  }

  /** Resolves when the jobs in hand are done. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.running);
  }

  private schedule(job: LeasedJob): void {
    if (this.isStopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const work = this.tryOnce(job);
      this.running.add(work);
      void work.finally(() => {
        this.running.delete(work);
        this.schedule(job);
      });
    }, job.everyMs);
    timer.unref();
    this.timers.add(timer);
  }

  private async tryOnce(job: LeasedJob): Promise<void> {
    try {
      const lease = await takeLease(this.dataSource, {
        name: job.name,
        owner: this.owner,
        seconds: (job.everyMs * 3) / 1000 + 30,
      });
      if (!lease) return;
      await job.run(lease.doneAt ?? undefined);
      await this.dataSource.query('UPDATE lease SET done_at = $3 WHERE name = $1 AND owner = $2', [
        job.name,
        this.owner,
        lease.now,
      ]);
    } catch (error) {
      this.log.warn({ err: error, job: job.name }, 'a job failed, and will be tried again');
    }
  }
}
