/** The admin API as tests use it: JSON in, JSON out, an error with the gateway's words otherwise. */
export class GatewayAdmin {
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  async hostParty(countryCode: string, partyId: string): Promise<void> {
    const businessDetails = { name: `Operator ${partyId}` };
    await this.call('POST', '/hosted-parties', { countryCode, partyId, businessDetails });
  }

  /** A key for the CSMS's HTTP binding. */
  async csmsKey(name: string, parties: readonly string[]): Promise<string> {
    return (await this.call('POST', '/csms-clients', { name, parties, sources: [] })).key;
  }

  async connect(
    id: string,
    party: string,
    more: Record<string, unknown> = {},
  ): Promise<{ tokenA: string; versionsUrl: string }> {
    return this.call('POST', '/connections', { id, name: id, allowedParties: [party], ...more });
  }

  async call(method: string, path: string, body?: unknown): Promise<ReturnType<typeof JSON.parse>> {
    const answer = await fetch(`${this.baseUrl}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} → HTTP ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
