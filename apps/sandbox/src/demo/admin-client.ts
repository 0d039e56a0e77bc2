import { type PartyId } from '#ocpi';
import { request } from 'undici';

export interface ConnectionSummary {
  id: string;
  state: string;
  version: string | null;
}

/** The few calls to the gateway's admin API that onboard a sandbox. */
export class AdminClient {
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  /** Makes the party ours; fine when it is already. */
  async ensureHostedParty(party: PartyId, name: string): Promise<void> {
    await this.call(
      'POST',
      '/hosted-parties',
      { countryCode: party.country_code, partyId: party.party_id, businessDetails: { name } },
      [409],
    );
  }

  /** A fresh key for the CSMS's HTTP binding; an older one of the same name is taken back. */
  async csmsKey(name: string, parties: readonly string[]): Promise<string> {
    await this.call('DELETE', `/csms-clients/${name}`, undefined, [404]);
    const made = await this.call('POST', '/csms-clients', { name, parties, sources: [] });
    return (made as { key: string }).key;
  }

  async connections(): Promise<ConnectionSummary[]> {
    const answer = (await this.call('GET', '/connections')) as { connections: ConnectionSummary[] };
    return answer.connections;
  }

  async createConnection(
    id: string,
    name: string,
    party: string,
  ): Promise<{ tokenA: string; versionsUrl: string }> {
    const made = await this.call('POST', '/connections', { id, name, allowedParties: [party] });
    return made as { tokenA: string; versionsUrl: string };
  }

  /** The knobs set for this partner itself. */
  async profile(id: string): Promise<Record<string, unknown>> {
    const found = (await this.call('GET', `/connections/${id}`)) as {
      profile: Record<string, unknown>;
    };
    return found.profile;
  }

  /** Sets knobs of a partner's profile; others stay. */
  async setProfile(id: string, profile: Record<string, unknown>): Promise<void> {
    await this.call('PATCH', `/connections/${id}`, { profile });
  }

  async newTokenA(id: string): Promise<{ tokenA: string; versionsUrl: string }> {
    const made = await this.call('POST', `/connections/${id}/token-a`);
    return made as { tokenA: string; versionsUrl: string };
  }

  private async call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    alsoFine: readonly number[] = [],
  ): Promise<unknown> {
    const answer = await request(`${this.baseUrl}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300 && !alsoFine.includes(answer.statusCode)) {
      throw new Error(`${method} ${path} → HTTP ${answer.statusCode}: ${text.slice(0, 300)}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}
