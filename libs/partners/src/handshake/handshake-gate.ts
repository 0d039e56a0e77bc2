import { Injectable } from '@nestjs/common';
import { takeLease } from '#database';
import { GatewaySettings } from '#platform';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

/** Versions and details, each perhaps asked twice, and a POST, or a PUT and its repeat, with twice the patience. */
const LONGEST_IN_TIMEOUTS = 8;
const MARGIN_SECONDS = 30;

/** A handshake with this partner is under way already. */
export class HandshakeRunningError extends Error {
  constructor(connectionId: string) {
    super(`a handshake with ${connectionId} is under way`);
    this.name = 'HandshakeRunningError';
  }
}

/**
 * At most one handshake that we started per connection, over all processes, so that two do not overtake each other. What
 * the partner starts meanwhile is not held up: see credentials-tokens.ts for how the two end.
 */
@Injectable()
export class HandshakeGate {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: GatewaySettings,
  ) {}

  /** @throws HandshakeRunningError */
  async run<T>(connectionId: string, work: () => Promise<T>): Promise<T> {
    const [name, owner] = [`handshake:${connectionId}`, randomUUID()];
    const seconds = (this.settings.handshakeTimeoutMs * LONGEST_IN_TIMEOUTS) / 1000;
    const lease = { name, owner, seconds: seconds + MARGIN_SECONDS };
    if (!(await takeLease(this.dataSource, lease))) throw new HandshakeRunningError(connectionId);
    try {
      return await work();
    } finally {
      await this.dataSource.query('DELETE FROM lease WHERE name = $1 AND owner = $2', [
        name,
        owner,
      ]);
    }
  }
}
