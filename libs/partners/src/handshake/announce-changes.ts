import { Injectable } from '@nestjs/common';
import { createLogger } from '#platform';
import { type Connection } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { SendUpdate } from './send-update.js';

export interface Announcement {
  connectionId: string;
  /** Undefined: the partner took it. */
  failure?: string;
}

/** Tells partners that our roles or endpoints changed: one PUT credentials each (CRD-31, VER-17). */
@Injectable()
export class AnnounceChanges {
  private readonly log = createLogger('handshake');

  constructor(
    private readonly directory: ConnectionDirectory,
    private readonly update: SendUpdate,
  ) {}

  /** A hosted party came or changed: everybody who meets it is told. 2.1.1 has one party per connection, fixed (CRD-28). */
  roles(hostedPartyKey: string): Promise<Announcement[]> {
    return this.to(
      (connection) =>
        connection.version !== '2.1.1' &&
        (connection.hostedParties?.includes(hostedPartyKey) ?? true),
    );
  }

  /** The endpoint list of these connections changed. */
  endpoints(connectionIds: readonly string[]): Promise<Announcement[]> {
    return this.to((connection) => connectionIds.includes(connection.id));
  }

  private async to(concerned: (connection: Connection) => boolean): Promise<Announcement[]> {
    await this.directory.refresh();
    const partners = this.directory
      .all()
      .filter((connection) => connection.state === 'registered' && concerned(connection));
    return Promise.all(partners.map((connection) => this.tell(connection)));
  }

  private async tell(connection: Connection): Promise<Announcement> {
    try {
      await this.update.execute(connection, 'same');
      return { connectionId: connection.id };
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      this.log.warn(
        { connection: connection.id, failure, err: error },
        'partner could not be told of a change',
      );
      return { connectionId: connection.id, failure };
    }
  }
}
