import { partyOfKey, type Routing, versionManifest } from '#ocpi';
import {
  type Connection,
  type ConnectionDirectory,
  hostedPartyId,
  type PartnerClient,
  partyIdOf,
} from '#partners';
import { type CallbackOutcome, type MarkedCallback } from './callback-rows.js';
import { judgeCallback } from './judge-callback.js';

/** The way of one result to its `response_url`; one attempt, whatever comes of it (CMD-23). */
export class CallbackSender {
  constructor(
    private readonly client: PartnerClient,
    private readonly directory: ConnectionDirectory,
  ) {}

  /** Never throws. */
  async send(callback: MarkedCallback): Promise<CallbackOutcome> {
    const connection = this.directory.get(callback.connectionId);
    if (!connection) return { state: 'failed', note: 'the connection is gone' };
    const token = tokenOf(connection);
    if (token === undefined) return { state: 'failed', note: 'the partner has given us no token' };
    const answer = await this.client.request({
      connectionId: connection.id,
      module: 'commands',
      version: connection.version ?? callback.version,
      method: 'POST',
      url: callback.responseUrl,
      isExact: true,
      token,
      encoding: connection.outboundEncoding,
      routing: this.routing(callback, connection),
      body: bodyFor(callback, connection),
      timeoutMs: connection.profile.timeoutMs,
      ...(callback.correlationId !== null && { correlationId: callback.correlationId }),
    });
    return judgeCallback(answer);
  }

  /** From the party that was addressed to the one that asked (CMD-20). */
  private routing(
    { version, partyKey: hostedKey, senderKey }: MarkedCallback,
    { profile, parties }: Connection,
  ): Routing | undefined {
    if (!profile.routingHeaders || !versionManifest(version).routingHeaders) return undefined;
    const hosted = this.directory.hostedParties().find((party) => party.partyKey === hostedKey);
    const sender = parties.find((party) => party.partyKey === senderKey);
    return {
      from: hosted ? hostedPartyId(hosted) : partyOfKey(hostedKey),
      to: sender ? partyIdOf(sender) : partyOfKey(senderKey),
    };
  }
}

function tokenOf(connection: Connection): string | undefined {
  try {
    return connection.outboundToken();
  } catch {
    return undefined; // unregistered, or not registered yet
  }
}

/** Some read 2.1.1 as it was before its second print (CHG-02). */
function bodyFor({ version, body }: MarkedCallback, { profile }: Connection): string {
  if (version !== '2.1.1' || !profile.bareCommandWords) return body;
  return JSON.stringify((JSON.parse(body) as { result: string }).result);
}
