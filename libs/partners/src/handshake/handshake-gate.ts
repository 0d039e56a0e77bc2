import { Injectable } from '@nestjs/common';

/** A handshake with this partner is under way already. */
export class HandshakeRunningError extends Error {
  constructor(connectionId: string) {
    super(`a handshake with ${connectionId} is under way`);
    this.name = 'HandshakeRunningError';
  }
}

/** At most one handshake that we started per connection, so that two do not invalidate each other's tokens. */
@Injectable()
export class HandshakeGate {
  private readonly running = new Set<string>();

  /** @throws HandshakeRunningError */
  async run<T>(connectionId: string, work: () => Promise<T>): Promise<T> {
    if (this.running.has(connectionId)) throw new HandshakeRunningError(connectionId);
    this.running.add(connectionId);
    try {
      return await work();
    } finally {
      this.running.delete(connectionId);
    }
  }
}
