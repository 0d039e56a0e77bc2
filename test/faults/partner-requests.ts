import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { OPERATOR } from './load-csms.js';
import { type RecordingPartner } from './recording-partner.js';

/** What undici says of a connection that ended before an answer began. */
const CONNECTION_ENDED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE']);

/** Requests of partners to the gateway: token PUTs, pages, versions. What a closing connection swallowed is asked once more, as partners do. */
export class PartnerRequests {
  answered = 0;
  redone = 0;
  readonly failures: string[] = [];
  /** Uids of tokens whose PUT was answered well, by party. */
  private readonly stored = new Map<string, string>();
  private turn = 0;

  constructor(private readonly partners: readonly RecordingPartner[]) {}

  /** One request and its answer; never throws. */
  async one(): Promise<void> {
    const turn = this.turn++;
    const partner = this.partners[turn % this.partners.length]!;
    const round = Math.floor(turn / this.partners.length);
    const ask = (): Promise<unknown> =>
      round % 3 === 0
        ? partner.link.list('locations', '?limit=20')
        : round % 3 === 1
          ? this.putToken(partner, `R${turn}`)
          : partner.link.list('tariffs');
    try {
      await ask().catch(async (error: unknown) => {
        if (!CONNECTION_ENDED.has(String((error as { code?: unknown }).code))) throw error;
        this.redone += 1;
        await sleep(50);
        await ask();
      });
      this.answered += 1;
    } catch (error) {
      this.failures.push(`${partner.id}: ${String(error)}`);
    }
  }

  /** Tokens that were taken and are not stored. */
  async missing(database: pg.Pool): Promise<string[]> {
    const { rows } = await database.query<{ uid: string }>('SELECT uid_key AS uid FROM token');
    const has = new Set(rows.map(({ uid }) => uid));
    return [...this.stored]
      .filter(([uid]) => !has.has(uid))
      .map(([uid, partner]) => `token ${uid} of ${partner} is gone`);
  }

  private async putToken(
    { link, party, version, id }: RecordingPartner,
    uid: string,
  ): Promise<void> {
    const { country_code, party_id } = party;
    const contract = `NL-${party_id}-C${uid.padStart(8, '0')}`;
    const token =
      version === '2.1.1'
        ? { uid, type: 'RFID', auth_id: contract }
        : { ...party, uid, type: 'RFID', contract_id: contract };
    await link.send(
      'PUT',
      'tokens',
      `${country_code}/${party_id}/${uid}`,
      {
        ...token,
        issuer: id,
        valid: true,
        whitelist: 'ALWAYS',
        last_updated: new Date().toISOString(),
      },
      party,
      OPERATOR,
    );
    this.stored.set(uid, id);
  }
}
