import { Injectable } from '@nestjs/common';
import { Act, type Actor, currentActor, perform, storable, type Unhappened } from '#audit';
import { OcpiError } from '#ocpi';
import { scrubSecrets } from '#platform';
import { DataSource } from 'typeorm';
import { TokenWithdrawnError } from '../credentials-tokens.js';
import { HandshakeRunningError } from './handshake-gate.js';

export type HandshakeStep = 'register' | 'update' | 'unregister';

/** Puts every handshake into the audit log, whoever began it, also those that failed, with the reason. */
@Injectable()
export class HandshakeAudit {
  constructor(private readonly dataSource: DataSource) {}

  /** One that the partner began by calling us. */
  received<T>(
    connectionId: string,
    step: HandshakeStep,
    call: { sourceAddress: string; requestId: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const actor = { ...call, actor: `partner:${connectionId}`, role: null };
    return this.run(actor, connectionId, step, 'received', work);
  }

  /** One that we began: for whoever asked for it, or by ourselves. */
  sent<T>(connectionId: string, step: HandshakeStep, work: () => Promise<T>): Promise<T> {
    return this.run(currentActor(), connectionId, step, 'sent', work);
  }

  private run<T>(
    actor: Actor,
    connectionId: string,
    step: HandshakeStep,
    direction: 'sent' | 'received',
    work: () => Promise<T>,
  ): Promise<T> {
    const act = new Act(actor, {
      action: `handshake.${step}`,
      connectionId,
      subject: connectionId,
      details: { direction },
    });
    return perform(this.dataSource, act, explained, work);
  }
}

function explained(error: unknown): Unhappened {
  const reason = storable(scrubSecrets(error instanceof Error ? error.message : String(error)));
  const isRefused =
    error instanceof HandshakeRunningError ||
    error instanceof TokenWithdrawnError ||
    (error instanceof OcpiError && error.statusCode < 3000);
  return { outcome: isRefused ? 'refused' : 'failed', reason };
}
