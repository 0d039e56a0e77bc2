import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult } from '@nestjs/terminus';
import { createLogger } from '../logging/logger.js';
import { scrubSecrets } from '../logging/secret-text.js';

/** Resolves with a detail to show, or rejects with the reason why the process is not ready. */
export type ReadinessCheck = () => Promise<Record<string, unknown> | undefined>;

const CHECK_TIMEOUT_MS = 3000;

/**
 * Says whether traffic may come. Parts of a process register what they depend on by name; while draining it is closed
 * whatever they say.
 */
@Injectable()
export class ReadinessGate {
  private readonly log = createLogger('readiness');
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly failing = new Set<string>();
  private wasReady = false;
  private isDraining = false;

  /** Which of our applications this is, for metrics and traces. */
  appName = 'ocpi-gateway';

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Closes the gate for good. */
  drain(): void {
    this.isDraining = true;
  }

  get draining(): boolean {
    return this.isDraining;
  }

  /** True once all checks have passed together; stays true. */
  get started(): boolean {
    return this.wasReady;
  }

  /** Every check's result in Terminus's form; never rejects, and takes little longer than three seconds. */
  async results(): Promise<HealthIndicatorResult[]> {
    const results = await Promise.all(
      [...this.checks].map(([name, check]) => this.resultOf(name, check)),
    );
    if (this.isDraining) return [...results, { shutdown: { status: 'down', reason: 'draining' } }];
    this.wasReady ||= results.every(isUp);
    return results;
  }

  /** Whether the readiness probe would be answered with 200. */
  async isReady(): Promise<boolean> {
    return (await this.results()).every(isUp);
  }

  private async resultOf(name: string, check: ReadinessCheck): Promise<HealthIndicatorResult> {
    try {
      const detail = await withinTime(check());
      if (this.failing.delete(name)) this.log.info({ check: name }, 'check passes again');
      return { [name]: { ...detail, status: 'up' } };
    } catch (error) {
      const reason = scrubSecrets((error as Partial<Error> | undefined)?.message ?? String(error));
      if (!this.failing.has(name)) this.log.warn({ check: name, reason }, 'check fails');
      this.failing.add(name);
      return { [name]: { status: 'down', reason } };
    }
  }
}

const isUp = (result: HealthIndicatorResult): boolean =>
  Object.values(result).every(({ status }) => status === 'up');

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)),
      CHECK_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
